package dev.gapless.core.wire;

/**
 * Between node actors: I go, and nothing was ever published here. Of a node that gives way to another one of its name.
 *
 * @param fromUid the sender's life
 * @param toUid the life that it is meant for; any other ignores it
 */
public record Withdrawal(long fromUid, long toUid) implements NodeMessage {}
