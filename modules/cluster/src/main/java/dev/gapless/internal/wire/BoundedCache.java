package dev.gapless.internal.wire;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What was found out of a bounded number of things. Beyond that it forgets all, and they are found out again. Thread-safe. */
final class BoundedCache<K, V> {
    private final int most;
    private final Map<K, V> values = new ConcurrentHashMap<>();

    /** Of about so many at most. */
    BoundedCache(int most) {
        this.most = most;
    }

    @Nullable V get(K key) {
        return values.get(key);
    }

    void keep(K key, V value) {
        if (values.size() >= most) {
            values.clear();
        }
        values.put(key, value);
    }
}
