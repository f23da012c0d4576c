package dev.gapless.core.named;

import dev.gapless.core.CursorToken;
import org.jspecify.annotations.Nullable;

/** What the token of a named subscription wants done. */
public sealed interface KeptTokenEffect {

    // ------------------------------------------------------------------ by the store

    /**
     * Take the name over. Answered by {@link KeptTokenState#opened} or {@link KeptTokenState#failed}, or never.
     *
     * @param number that of the request
     * @param withinNs the store does not do it later than that
     */
    record Open(long number, long withinNs) implements KeptTokenEffect {}

    /**
     * Store this token, if the name is still this owner's. Answered by {@link KeptTokenState#stored} or {@link KeptTokenState#failed}, or
     * never.
     *
     * @param number that of the request: it rises, and the store takes none behind a higher one
     */
    record Store(long number, CursorToken token, long withinNs) implements KeptTokenEffect {}

    // ------------------------------------------------------------------ by the subscription

    /**
     * The name is this one's: begin.
     *
     * @param behind where the one before was; null if there is no token, and it begins as its start says
     */
    record Begin(@Nullable CursorToken behind) implements KeptTokenEffect {}

    /** The stored token is of no use: the subscription is to fail with this, which is for people. */
    record Refused(String why) implements KeptTokenEffect {}

    /** Answer with {@link KeptTokenState#isAt}. */
    record ReadToken() implements KeptTokenEffect {}

    /** The first token is stored: the subscription is ready. */
    record Ready() implements KeptTokenEffect {}

    /**
     * Another one has the name; for people.
     *
     * @param ends whether this one is to end for that; else it ends anyway
     */
    record TakenOver(boolean ends) implements KeptTokenEffect {}

    /** Nothing more is stored: whoever waits for that goes on. */
    record Over() implements KeptTokenEffect {}

    // ------------------------------------------------------------------ for people

    /**
     * The store does not work, and is tried again. Said once for each reason.
     *
     * @param isOpening whether the subscription waits for it; else it goes on
     */
    record Failing(String why, boolean isOpening) implements KeptTokenEffect {}

    /** The store works again. */
    record Mended() implements KeptTokenEffect {}

    /** The subscription has ended, and its last token is not stored, or that is not known. */
    record LastNotStored(String why) implements KeptTokenEffect {}
}
