package dev.gapless;

import java.time.Duration;

/**
 * How far a subscription is behind what has come to its node.
 *
 * <pre>{@code
 * if (subscription.lag().age().compareTo(Duration.ofSeconds(10)) > 0) { alert(); }
 * }</pre>
 *
 * @param messages how many messages (and notices) it has not dealt with, those that its filter will leave out included. While it
 *     catches up, of those that were fetched so far
 * @param age how long ago the oldest of them was published, by this node's clock and its producer's; zero if there is none
 */
public record Lag(long messages, Duration age) {
    /** Nothing is waiting. */
    public static final Lag NONE = new Lag(0, Duration.ZERO);
}
