package dev.gapless.core.log;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the messages are that have an id, as long as the log holds them (rule P17). Under the log's lock.
 *
 * <p>Invariant: numbers rise in the order of the map.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // one writer at a time
final class Ids {
    /** What one takes in memory beside its text, about: an entry of the map with its slot, the number, and the text's two objects. */
    static final int ENTRY_BYTES = 128;

    private final Map<String, Long> numbers = new LinkedHashMap<>(0);
    private volatile long bytes;

    /** The number of the message with this id; null if there is none. */
    @Nullable Long get(String id) {
        return numbers.get(id);
    }

    /** The newest message has it. A store may give the same id twice, of which the log did not hold the earlier one any more: the later counts. */
    void add(String id, long number) {
        if (numbers.remove(id) == null) {
            bytes += size(id);
        }
        numbers.put(id, number);
    }

    /** Messages up to this number are gone. */
    void evictedUpTo(long number) {
        if (numbers.isEmpty()) {
            return;
        }
        Iterator<Map.Entry<String, Long>> oldest = numbers.entrySet().iterator();
        while (oldest.hasNext()) {
            Map.Entry<String, Long> entry = oldest.next();
            if (entry.getValue() > number) {
                return;
            }
            bytes -= size(entry.getKey());
            oldest.remove();
        }
    }

    /** What one takes in memory, about. */
    static long size(String id) {
        return (long) ENTRY_BYTES + id.length();
    }

    /** What they take in memory, about. Any thread. */
    long bytes() {
        return bytes;
    }
}
