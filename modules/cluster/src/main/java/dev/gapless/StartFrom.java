package dev.gapless;

import dev.gapless.core.CursorToken;
import java.time.Instant;

/**
 * Where a subscription begins.
 *
 * <pre>{@code
 * gapless.subscribe(quotes, StartFrom.since(Instant.now().minusSeconds(60)), handler);
 * }</pre>
 */
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

    /**
     * With what was published at that time or later.
     *
     * @param time to the millisecond; what is below is cut off
     */
    record Since(Instant time) implements StartFrom {
        public Since {
            try {
                var unused = time.toEpochMilli();
            } catch (ArithmeticException e) {
                throw new IllegalArgumentException("No message was published at " + time, e);
            }
        }
    }

    static StartFrom latest() {
        return new Latest();
    }

    static StartFrom earliest() {
        return new Earliest();
    }

    /**
     * With everything that was published at that time or later, by each producer's own clock. Where a ring may have held more of
     * it, the subscription begins with a {@link CursorExpired}. A time to come is as good as {@link #latest}: what is
     * published before it is delivered, too. Members that join later are read from their beginning, whatever the time.
     */
    static StartFrom since(Instant time) {
        return new Since(time);
    }

    static StartFrom token(CursorToken token) {
        return new Resume(token);
    }

    /** Takes a printed token; throws IllegalArgumentException if it is none, or damaged. */
    static StartFrom token(String token) {
        return new Resume(CursorToken.parse(token));
    }
}
