package dev.gapless;

/**
 * The other members have removed this node from the cluster, as after a partition or a long pause: its subscriptions have ended, and what it
 * knows is stale from now on.
 *
 * @param node the name of this node
 * @param reason why, in words
 */
public record Removed(String node, String reason) {}
