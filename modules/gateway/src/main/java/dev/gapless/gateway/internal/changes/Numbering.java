package dev.gapless.gateway.internal.changes;

import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How clients see the numbers of a ring: counted from a place that each ring chooses at random. All of them, and the epoch, are below 2^53:
 * many clients hold them in a double.
 *
 * @param epoch of the ring: another one in each incarnation of each gateway; more than 0
 * @param zero comes in front of the first number
 */
public record Numbering(long epoch, long zero) {
    /** An index of no ring: whoever comes back with it is told to list everything again. */
    static final long NOWHERE = 0;

    private static final int DOUBLE_BITS = 53;

    /** Of a new ring. At a million changes a second it lasts for more than a century. */
    public static Numbering random(RandomGenerator random) {
        return new Numbering(1 + random.nextLong((1L << DOUBLE_BITS) - 1), random.nextLong(1L << (DOUBLE_BITS - 1)));
    }

    /** How clients see this index. */
    public long sequence(long index) {
        return zero + index;
    }

    /**
     * Where in this ring a client is.
     *
     * @param ofEpoch the epoch that came with it, if the client kept it
     * @param head the ring's
     * @return empty if it is not of this ring
     */
    Optional<Long> index(long sequence, @Nullable Long ofEpoch, long head) {
        boolean isOurs = sequence > zero && (ofEpoch == null || ofEpoch == epoch);
        long index = sequence - zero;
        return isOurs && index <= head ? Optional.of(index) : Optional.empty();
    }
}
