package dev.gapless.core.wire;

/**
 * Between nodes: which incarnations do you remember that ended? Answered by {@link HistoryPart}s.
 *
 * @param fromUid the sender's incarnation
 * @param toUid the incarnation that it is meant for
 * @param number of this question; rises
 */
public record AskHistory(long fromUid, long toUid, long number) implements NodeMessage {}
