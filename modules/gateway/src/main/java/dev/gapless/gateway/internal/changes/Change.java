package dev.gapless.gateway.internal.changes;

import dev.gapless.core.log.Slice;
import org.jspecify.annotations.Nullable;

/**
 * One change of a collection.
 *
 * @param slice what keeps the message; null if messages of the collection were missed here
 * @param message its number in the slice
 */
public record Change(String collection, @Nullable Slice slice, int message) {
    private static final int OVERHEAD_BYTES = 64;

    int sizeBytes() {
        return OVERHEAD_BYTES + (slice == null ? 0 : slice.sizeBytes(message));
    }
}
