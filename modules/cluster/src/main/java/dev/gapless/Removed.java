package dev.gapless;

/**
 * This node was removed from the cluster: by the other members, as after a partition or a long pause, or by its own downing strategy, as
 * when too few others are left; or it left, as its cluster gave way to another one ({@link GaveWay}). Its subscriptions have ended, and what it
 * knows is stale from now on.
 *
 * @param node the name of this node
 * @param reason why, in words
 */
public record Removed(String node, String reason) {}
