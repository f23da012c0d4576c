package dev.gapless;

import java.util.Set;

/**
 * A subscription is ready: whatever is published anywhere in the cluster from now on is delivered, or announced as missed.
 *
 * @param silent members that have not answered within {@code gapless.ready-timeout}. They are asked on; if one turns out to
 *     have published meanwhile, the subscription gets REGISTERED_LATE, if it is lost, PRODUCER_LOST. A member that does not
 *     run Gapless is among them
 */
public record Ready(Set<String> silent) {}
