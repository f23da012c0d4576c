package dev.gapless.bench;

import java.time.Duration;

/**
 * How large the workloads are. Only tests choose another size.
 *
 * @param stop how long W4, W4B and W4B_RETAINED stop the subscriber
 * @param subscriptions how many W7 and W11 have
 * @param topicsDivisor W9 has so many times fewer topics
 * @param idleNodes how many nodes W9 has
 * @param clientsDivisor workloads of a gateway have so many times fewer clients
 */
public record Scale(Duration stop, int subscriptions, int topicsDivisor, int idleNodes, int clientsDivisor) {
    public static final Scale FULL = new Scale(Duration.ofSeconds(5), 1_000, 1, 3, 1);

    /** So many clients instead of that many. */
    int clients(int full) {
        return Math.max(2, full / clientsDivisor);
    }
}
