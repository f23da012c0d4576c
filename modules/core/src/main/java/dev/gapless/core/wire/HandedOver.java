package dev.gapless.core.wire;

/**
 * The answer to the {@link HistoryPart}s of a cluster that gives way: all of them have come (rule M4).
 *
 * @param fromUid the sender's life
 * @param toUid the life that it is meant for
 * @param number that of the parts
 */
public record HandedOver(long fromUid, long toUid, long number) implements NodeMessage {}
