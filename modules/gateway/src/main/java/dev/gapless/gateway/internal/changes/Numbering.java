package dev.gapless.gateway.internal.changes;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How clients see the numbers of a ring: 24 bits that say which ring, and 40 that say where in it.
 *
 * @param epoch of the ring: another one in each life of each gateway
 */
record Numbering(long epoch) {
    /** An index of no ring: whoever comes back with it is told to list everything again. */
    static final long NOWHERE = 0;

    private static final long INDEX = (1L << 40) - 1;

    long sequence(long index) {
        return (epoch & ~INDEX) | (index & INDEX);
    }

    /**
     * Where in this ring a client is.
     *
     * @param ofEpoch the epoch that came with it, if the client kept it
     * @param head the ring's
     * @return empty if it is not of this ring
     */
    Optional<Long> index(long sequence, @Nullable Long ofEpoch, long head) {
        boolean isOurs = (sequence & ~INDEX) == (epoch & ~INDEX) && (ofEpoch == null || ofEpoch == epoch);
        long index = sequence & INDEX;
        return isOurs && index != NOWHERE && index <= head ? Optional.of(index) : Optional.empty();
    }
}
