package dev.gapless.core.named;

import dev.gapless.core.CursorToken;
import org.jspecify.annotations.Nullable;

/** Where a named subscription stands with its store. One thing is asked at a time. */
sealed interface StoreTurn {
    /** Nothing is asked, and nothing is due. */
    record Resting() implements StoreTurn {}

    /** Nothing is asked until then. */
    record Waiting(long untilNs) implements StoreTurn {}

    /** The subscription is asked where it is. */
    record Reading() implements StoreTurn {}

    /**
     * The store was asked.
     *
     * @param number that of the request: an answer to another one comes late
     * @param token what is to be stored; null if the name is to be opened
     * @param untilNs an answer does not count later
     */
    record Asking(long number, @Nullable CursorToken token, long untilNs) implements StoreTurn {}

    /** When something is due; {@link Long#MAX_VALUE} if nothing is. */
    default long dueNs() {
        if (this instanceof Waiting waiting) {
            return waiting.untilNs();
        }
        return this instanceof Asking asking ? asking.untilNs() : Long.MAX_VALUE;
    }

    /** Is something due by now? */
    default boolean isDue(long nowNs) {
        long due = dueNs();
        return due != Long.MAX_VALUE && nowNs - due >= 0;
    }

    /** Is this the answer that is waited for? */
    default boolean isAsking(long number, boolean opens) {
        return this instanceof Asking asking && asking.number() == number && (asking.token() == null) == opens;
    }
}
