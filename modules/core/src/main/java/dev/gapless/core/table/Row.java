package dev.gapless.core.table;

import org.jspecify.annotations.Nullable;

/**
 * The state of a key, or that it was deleted.
 *
 * @param version the higher one is newer; of the same version, a deletion is
 * @param value null if it was deleted
 * @param bytes how large it is; 0 if it was deleted, or nobody says it
 * @param <V> what the application keeps for a key
 */
public record Row<V>(long version, @Nullable V value, int bytes) {
    /**
     * Says that much of a key.
     *
     * @param version the higher one is newer
     * @param value null if it was deleted
     * @param bytes not negative
     */
    public Row {
        if (bytes < 0) {
            throw new IllegalArgumentException("A row has a size of " + bytes + " bytes");
        }
    }

    /**
     * Says that a key was deleted.
     *
     * @param version at which
     * @param <V> what the application keeps for a key
     */
    public static <V> Row<V> deleted(long version) {
        return new Row<>(version, null, 0);
    }

    /** {@return whether the key was deleted} */
    public boolean isDeleted() {
        return value == null;
    }

    /** Is it newer than that one? */
    boolean isNewerThan(Row<V> other) {
        return isNewerThan(other.version, other.isDeleted());
    }

    /** Is it newer than one of that version? */
    boolean isNewerThan(long other, boolean isOtherDeleted) {
        return version > other || (version == other && isDeleted() && !isOtherDeleted);
    }
}
