package dev.gapless.core.consumer;

import dev.gapless.core.wire.Message;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The readers of a topic on a node beside the shared one, by their numbers. There may be thousands, after many clients have come back at
 * once: what happens to one of them costs nothing for the others. Not thread-safe.
 */
final class CatchUps {
    /** So few are looked at each time. */
    private static final int FEW = 2;

    private Map<Long, TopicReader> byNumber = Map.of();
    private Map<Long, Open> owners = Map.of();
    private long next = Message.SHARED_READER + 1;
    private long registeredAgain;
    /** Invariant: none of them is due before; {@code Long.MAX_VALUE} if none is. */
    private long dueNs = Long.MAX_VALUE;

    /** The number of a new one. */
    long number() {
        return next++;
    }

    TopicReader add(long number, TopicReader reader) {
        if (byNumber.isEmpty()) {
            byNumber = new LinkedHashMap<>();
        }
        byNumber.put(number, reader);
        return reader;
    }

    /** It reads for this subscription alone. */
    void owned(long number, Open owner) {
        if (owners.isEmpty()) {
            owners = new HashMap<>();
        }
        owners.put(number, owner);
    }

    /** The only subscription that it reads for; null if there may be others, or there is no such reader. */
    @Nullable Open owner(long number) {
        return owners.get(number);
    }

    @Nullable TopicReader of(long number) {
        return byNumber.get(number);
    }

    Collection<TopicReader> all() {
        return byNumber.values();
    }

    /** Takes its registrations off; nothing if there is no such reader. */
    void close(long number) {
        TopicReader reader = byNumber.get(number);
        if (reader != null) {
            byNumber.remove(number);
            byNumber = byNumber.isEmpty() ? Map.of() : byNumber;
            if (!owners.isEmpty()) {
                owners.remove(number);
            }
            registeredAgain += reader.takeRegisteredAgain();
            reader.close();
        }
    }

    /** How often one of them registered with a member that it had registered with before. */
    long registeredAgain() {
        return registeredAgain;
    }

    // ------------------------------------------------------------------ what is due

    /** Something has happened to this one. */
    void touched(TopicReader reader, long nowNs) {
        registeredAgain += reader.takeRegisteredAgain();
        long atNs = reader.deadlineNs(nowNs);
        if (atNs != Long.MAX_VALUE && (dueNs == Long.MAX_VALUE || atNs - dueNs < 0)) {
            dueNs = atNs;
        }
    }

    /** Something has happened to all of them. */
    void allTouched(long nowNs) {
        dueNs = Long.MAX_VALUE;
        byNumber.values().forEach(reader -> touched(reader, nowNs));
    }

    /** When the first of them is due, or before; {@code Long.MAX_VALUE} if none is. */
    long dueNs(long nowNs) {
        if (byNumber.size() <= FEW) {
            allTouched(nowNs);
        }
        return dueNs;
    }
}
