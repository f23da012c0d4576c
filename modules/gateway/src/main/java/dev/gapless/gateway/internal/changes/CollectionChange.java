package dev.gapless.gateway.internal.changes;

import dev.gapless.core.log.Slice;
import org.jspecify.annotations.Nullable;

/**
 * One change of a collection.
 *
 * @param slice what keeps the message; null if messages of the collection were missed here
 * @param message its number in the slice
 */
public record CollectionChange(String collection, @Nullable Slice slice, int message) {
    private static final int OVERHEAD_BYTES = 64;
    private static final int FOR_THOSE_WHO_CAME_LATER = -1;

    /** In front of this changes of the collection were left out for clients that did not follow it from their beginning. */
    static CollectionChange forThoseWhoCameLater(String collection) {
        return new CollectionChange(collection, null, FOR_THOSE_WHO_CAME_LATER);
    }

    boolean isForThoseWhoCameLater() {
        return message == FOR_THOSE_WHO_CAME_LATER;
    }

    /** The key of its message, if it has one. */
    @Nullable String key() {
        return slice == null ? null : slice.key(message);
    }

    int sizeBytes() {
        return OVERHEAD_BYTES + (slice == null ? 0 : slice.sizeBytes(message));
    }
}
