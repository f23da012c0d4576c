package dev.gapless.core.node;

/**
 * A member that appeared.
 *
 * @param uid its incarnation
 * @param address host and port
 * @param dataCenter where it is
 * @param number its join order in its data center (Pekko's upNumber); lower is older
 */
public record Joined(long uid, String address, String dataCenter, long number) {}
