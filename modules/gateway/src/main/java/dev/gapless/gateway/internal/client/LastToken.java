package dev.gapless.gateway.internal.client;

import dev.gapless.core.CursorToken;
import java.time.Duration;

/** Which token of a topic a client was given last: is another one worth telling? For the client's turns. */
final class LastToken {
    /** Of an older token the members may not remember any more who ended since. */
    private static final long MAX_AGE_MS = Duration.ofMinutes(5).toMillis();

    private boolean any;
    private int place;
    private long timeMs;

    /** The client has been given this one. {@return it} */
    CursorToken is(CursorToken token) {
        any = true;
        place = token.placeHash();
        timeMs = token.timeMs();
        return token;
    }

    /** Does it lead further than the last one, or has that become old? */
    boolean isBehind(CursorToken token) {
        return !any || place != token.placeHash() || token.timeMs() - timeMs > MAX_AGE_MS;
    }
}
