package dev.gapless.core.log;

import dev.gapless.core.Position;

/** The answer to a publish. */
public sealed interface Admission {
    /**
     * It is in the log.
     *
     * @param position where
     */
    record Accepted(Position position) implements Admission {}

    /** It waits, for the node to be up or for room; its {@link Ticket} will be settled. */
    record Waiting() implements Admission {}

    /**
     * Refused: too many wait already.
     *
     * @param limit how many may
     * @param what for what
     */
    record TooMany(int limit, Awaited what) implements Admission {}

    /**
     * Refused: it waited too long.
     *
     * @param what for what
     */
    record TimedOut(Awaited what) implements Admission {}

    /** Nobody knows: it was being stored for too long, or its node ended meanwhile. It may be published. */
    record Unknown() implements Admission {}

    /** Refused: the log has a message with this id, which says something else. */
    record IdReused() implements Admission {}

    /** Refused: the log is closed. */
    record Closed() implements Admission {}
}
