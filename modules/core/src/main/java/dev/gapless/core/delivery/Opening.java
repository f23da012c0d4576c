package dev.gapless.core.delivery;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Start;

/** Where a subscription begins. */
public sealed interface Opening {
    /** With what comes from now on. */
    record Latest() implements Opening {}

    /** With the oldest there is. */
    record Earliest() implements Opening {}

    /**
     * Where another one was.
     *
     * @param leftOut did that one leave out messages that this one may want? Then it is told so first (rule T1)
     */
    record Resume(CursorToken token, boolean leftOut) implements Opening {
        /** One that wants nothing that the other left out. */
        public Resume(CursorToken token) {
            this(token, false);
        }
    }

    /**
     * With what was published at that time or later.
     *
     * @param timeMs milliseconds since 1970
     */
    record Since(long timeMs) implements Opening {}

    /** Is it to be told of incarnations that ended before (rule T2)? */
    default boolean isFromThePast() {
        return this instanceof Since || this instanceof Resume;
    }

    /** What the members that are present are asked for, beside those that a token names. */
    default Start start() {
        if (this instanceof Since since) {
            return new Start.Since(since.timeMs());
        }
        if (this instanceof Resume) {
            return Start.BEGINNING;
        }
        return this instanceof Earliest ? Start.EARLIEST : Start.LATEST;
    }
}
