package dev.gapless.core.subscription;

import dev.gapless.core.CursorToken;

/** Where a subscription begins. */
public sealed interface Opening {
    /** With what comes from now on. */
    record Latest() implements Opening {}

    /** With the oldest there is. */
    record Earliest() implements Opening {}

    /** Where another one was. */
    record Resume(CursorToken token) implements Opening {}

    /**
     * With what was published at that time or later.
     *
     * @param timeMs milliseconds since 1970
     */
    record Since(long timeMs) implements Opening {}
}
