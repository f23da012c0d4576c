package dev.gapless;

import dev.gapless.core.CursorToken;
import java.time.Instant;
import java.util.Objects;

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

    /** With the oldest message that each producer's ring holds. */
    record Earliest() implements StartFrom {}

    /**
     * Where another subscription was.
     *
     * @param token its token
     */
    record Resume(CursorToken token) implements StartFrom {
        /**
         * Throws IllegalArgumentException for a token of more producers than can be resumed.
         *
         * @param token its token
         */
        public Resume {
            Objects.requireNonNull(token, "token must not be null");
            token.checkResumable();
        }
    }

    /**
     * With what was published at that time or later.
     *
     * @param time to the millisecond; what is below is cut off
     */
    record Since(Instant time) implements StartFrom {
        /**
         * Throws IllegalArgumentException for a time that cannot be told in milliseconds.
         *
         * @param time to the millisecond
         */
        public Since {
            Objects.requireNonNull(time, "time must not be null");
            try {
                var unused = time.toEpochMilli();
            } catch (ArithmeticException e) {
                throw new IllegalArgumentException("No message was published at " + time, e);
            }
        }
    }

    /** {@return the start with what is published from now on} */
    static StartFrom latest() {
        return new Latest();
    }

    /** {@return the start with the oldest message that is there} */
    static StartFrom earliest() {
        return new Earliest();
    }

    /**
     * With everything that was published at that time or later, by each producer's own clock. The time is inclusive: what was
     * published in exactly that millisecond is delivered. Where a ring may have held more of it, the subscription begins with a
     * {@link CursorExpired}. A time to come is as good as {@link #latest}: what is published before it is delivered, too.
     * Members that join later are read from their beginning, whatever the time. Where a producer's clock jumps, more may be
     * delivered than was asked for, and nothing is left out.
     *
     * @param time to the millisecond; what is below is cut off
     * @return the start at that time
     */
    static StartFrom since(Instant time) {
        return new Since(time);
    }

    /**
     * {@return the start where another subscription was}
     *
     * @param token its token, of the same topic and cluster
     */
    static StartFrom token(CursorToken token) {
        return new Resume(token);
    }

    /**
     * {@return the start where another subscription was}
     *
     * @param token a printed token
     * @throws IllegalArgumentException if it is none, or damaged
     */
    static StartFrom token(String token) {
        return new Resume(CursorToken.parse(Objects.requireNonNull(token, "token must not be null")));
    }
}
