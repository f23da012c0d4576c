package dev.gapless.core;

/**
 * The id of the members' history of those that ended (rule T2). Whenever everybody is told that something of another cluster is missed, the
 * history gets a new one, with a count that is higher by one (rule M4): no token of before is covered any more. The rest are bits of which two
 * clusters hardly draw the same. Of two ids the later one wins.
 */
public final class HistoryId {
    /** Of no history: of one that nobody knows. */
    public static final long UNKNOWN = 0;

    private static final int BITS = 40;
    private static final long MASK = (1L << BITS) - 1;

    private HistoryId() {}

    /** Of a history that begins with this incarnation. */
    public static long first(long uid) {
        return 1L << BITS | bits(uid);
    }

    /**
     * The next one after this one, as everybody draws it who has this one, and for whom the same incarnation is the occasion. That may be the one
     * with which the history began: its bits must not cancel out.
     */
    public static long next(long id, long uid) {
        return (count(id) + 1) << BITS | bits(mixed(id) ^ uid);
    }

    /** How often everybody was told, and one. */
    public static long count(long id) {
        return id >>> BITS;
    }

    /** The one that wins: that with the higher count, or else with the higher bits. */
    public static long later(long one, long other) {
        return Long.compareUnsigned(one, other) >= 0 ? one : other;
    }

    private static long bits(long number) {
        return mixed(number) & MASK;
    }

    /** A number that looks like no other number's. */
    public static long mixed(long number) {
        long z = number * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 32)) * 0xD6E8FEB86659FD93L;
        return z ^ (z >>> 29);
    }
}
