package dev.gapless.core.node;

/**
 * A member that appeared.
 *
 * @param uid its life
 * @param address host and port
 * @param dataCenter where it is
 * @param number the how manieth to join its data center: the lower, the older
 */
public record Joined(long uid, String address, String dataCenter, long number) {}
