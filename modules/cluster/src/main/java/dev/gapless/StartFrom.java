package dev.gapless;

import dev.gapless.core.CursorToken;

/** Where a subscription begins. */
public sealed interface StartFrom {
    /** With what is published once {@link Subscription#ready} has completed, or earlier. */
    record Latest() implements StartFrom {}

    /** With the oldest message that this node's feed still holds, or the producers' rings if there is no feed yet. */
    record Earliest() implements StartFrom {}

    /**
     * Where another subscription was.
     *
     * @param token its token
     */
    record Resume(CursorToken token) implements StartFrom {}

    static StartFrom latest() {
        return new Latest();
    }

    static StartFrom earliest() {
        return new Earliest();
    }

    static StartFrom token(CursorToken token) {
        return new Resume(token);
    }

    /** Takes a printed token; throws IllegalArgumentException if it is none, or damaged. */
    static StartFrom token(String token) {
        return new Resume(CursorToken.parse(token));
    }
}
