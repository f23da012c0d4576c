package dev.gapless.bench.peer;

import java.time.Duration;

/** How long processes wait for one another. */
public final class Patience {
    /** For a cluster to form, and a subscription to be ready. */
    public static final Duration CONNECT = Duration.ofSeconds(60);

    /** For a subscriber to take anything, and for the last message. */
    public static final Duration PROGRESS = Duration.ofSeconds(30);

    private Patience() {}
}
