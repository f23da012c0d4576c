package dev.gapless.multijvm.node;

/**
 * One stretch of what a subscription was given of one producer, in the order in which it was given.
 *
 * @param kind delivered, gap or left
 * @param epoch the epoch of what was delivered, or is missing; null if unknown
 * @param first the first sequence; null if unknown
 * @param count how many sequences; null if unknown
 * @param reason why a gap is one, else null
 * @param resumesEpoch where a gap ends; null if that is open
 * @param resumesAt where a gap ends; null if that is open
 * @param digest of the contents delivered
 */
public record Item(
        String kind,
        String epoch,
        Long first,
        Long count,
        String reason,
        String resumesEpoch,
        Long resumesAt,
        long digest) {
    public static final String DELIVERED = "delivered";
    public static final String GAP = "gap";
    public static final String LEFT = "left";

    public boolean isGap() {
        return kind.equals(GAP);
    }

    public boolean isDelivered() {
        return kind.equals(DELIVERED);
    }

    /** The last sequence of it. */
    public long last() {
        return first + count - 1;
    }
}
