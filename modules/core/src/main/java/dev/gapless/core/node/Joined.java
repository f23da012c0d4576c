package dev.gapless.core.node;

/**
 * A member that appeared.
 *
 * @param uid its incarnation
 * @param address host and port
 * @param dataCenter where it is
 * @param number its join order in its data center (Pekko's upNumber); lower is older
 * @param standsIn whether it stands in for a node that is gone, and goes when that is back (rule M2)
 */
public record Joined(long uid, String address, String dataCenter, long number, boolean standsIn) {
    /** One that stands in for nobody. */
    public Joined(long uid, String address, String dataCenter, long number) {
        this(uid, address, dataCenter, number, false);
    }
}
