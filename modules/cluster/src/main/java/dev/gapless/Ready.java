package dev.gapless;

import java.util.Set;

/**
 * A subscription is ready: whatever is published anywhere in the cluster from now on is delivered, or announced as missed.
 *
 * <pre>{@code
 * subscription.ready().thenAcceptAsync(ready -> {
 *     cache.load(); // what is published from now on is delivered, or announced
 *     ready.silent().forEach(node -> log.info("{} has not answered", node));
 * });
 * }</pre>
 *
 * @param silent members that have not answered within {@code gapless.ready-timeout}. They are asked on; if one turns out to
 *     have published meanwhile, the subscription gets POSITION_UNKNOWN, if it is lost, PRODUCER_LOST. A member that does not
 *     run Gapless is among them. So is a seed node of the configuration, as host and port, that was no member within that time
 *     after this node was up, and is not known to be down: if it is in another cluster, nothing of that is delivered or announced
 */
public record Ready(Set<String> silent) {}
