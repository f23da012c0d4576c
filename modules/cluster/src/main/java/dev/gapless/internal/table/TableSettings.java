package dev.gapless.internal.table;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * {@code gapless.table}.
 *
 * @param maxKeys how many a table may have
 * @param maxBytes how large its rows may be together, where its source says it
 * @param readSpread so many times what a read took the nodes spread the next ones
 * @param readTimeout after which a source that does not answer is told of
 * @param interruptReads is it interrupted then, and when the table closes?
 * @param serveStale may a table be read that has closed?
 * @param reachedTimeout how long to wait for a position
 * @param maxWaiting how many may wait for positions
 */
public record TableSettings(
        int maxKeys,
        long maxBytes,
        double readSpread,
        Duration readTimeout,
        boolean interruptReads,
        boolean serveStale,
        Duration reachedTimeout,
        int maxWaiting) {
    /** Why a table of this size closes; null if it may be that large. */
    @Nullable TooLarge exceededBy(String topic, int keys, long bytes) {
        if (keys > maxKeys) {
            return new TooLarge(topic, "more than " + maxKeys + " keys (gapless.table.max-keys)");
        }
        return bytes > maxBytes
                ? new TooLarge(topic, "rows of more than " + maxBytes + " bytes (gapless.table.max-bytes)")
                : null;
    }
}
