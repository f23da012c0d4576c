package dev.gapless.core.table;

import org.jspecify.annotations.Nullable;

/**
 * The state of a key, or that it was deleted.
 *
 * @param version the higher one is newer; of the same version, a deletion is
 * @param value null if it was deleted
 * @param <V> what the application keeps for a key
 */
public record Row<V>(long version, @Nullable V value) {
    /** {@return whether the key was deleted} */
    public boolean isDeleted() {
        return value == null;
    }

    /** Is it newer than that one? */
    boolean isNewerThan(Row<V> other) {
        return version > other.version || (version == other.version && isDeleted() && !other.isDeleted());
    }
}
