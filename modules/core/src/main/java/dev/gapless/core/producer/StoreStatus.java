package dev.gapless.core.producer;

import org.jspecify.annotations.Nullable;

/**
 * How the store of a log does, for people. Immutable.
 *
 * @param sinceMs since when, in milliseconds since 1970; of {@link State#WRITING} since when the record is under way; 0 of
 *     {@link State#RECOVERING} and {@link State#OK}
 * @param problem what is wrong; null if nothing is, as far as is known
 */
public record StoreStatus(
        State state, long sinceMs, @Nullable String problem) {
    /** May it be written to? */
    public boolean isFine() {
        return state == State.OK || state == State.WRITING;
    }

    /** Has it failed, and not worked since? */
    public boolean hasFailed() {
        return !isFine() && sinceMs > 0;
    }

    /** What becomes of it. */
    public enum State {
        /** It is not opened yet: the log answers nobody. */
        RECOVERING,
        OK,
        /** It works, and a record is under way. */
        WRITING,
        /** What was asked last did not work, or was not answered. It is tried again. */
        FAILING,
        /** A later incarnation has it. */
        FENCED,
        /** What it has cannot be used. */
        BROKEN
    }
}
