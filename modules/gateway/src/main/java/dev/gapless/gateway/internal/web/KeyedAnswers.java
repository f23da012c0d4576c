package dev.gapless.gateway.internal.web;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Answers by topic and key, oldest first: so many of a topic, and so many of all. One thread at a time. */
final class KeyedAnswers {
    /** The answer's tree, the digest of its request, and the entries of two maps. */
    private static final int ANSWER_BYTES = 2_500;

    private final int mostOfTopic;
    private final int most;
    private final Map<Key, Known> all = new LinkedHashMap<>();
    /** Invariant: these are the keys of {@code all}. */
    private final Map<String, Set<Key>> byTopic = new HashMap<>();

    private long bytes;

    record Key(String topic, String key) {
        /** What it takes in memory, with an answer of two positions, about. */
        long bytes() {
            return (long) ANSWER_BYTES + topic.length() + key.length();
        }
    }

    private record Known(First first, long sinceNs) {}

    /** The first request with a key: what it was, once it is answered, and its answer. */
    record First(RequestDigest request, CompletableFuture<HttpAnswer> answer) {}

    KeyedAnswers(int mostOfTopic, int most) {
        this.mostOfTopic = mostOfTopic;
        this.most = most;
    }

    /** {@return the first that there is; null if there was none, and this one is kept now} */
    @Nullable First putIfAbsent(Key key, First first, long nowNs) {
        Known known = all.putIfAbsent(key, new Known(first, nowNs));
        if (known != null) {
            return known.first();
        }
        Set<Key> ofTopic = byTopic.computeIfAbsent(key.topic(), topic -> new LinkedHashSet<>());
        ofTopic.add(key);
        bytes += key.bytes();
        if (ofTopic.size() > mostOfTopic) {
            remove(ofTopic.iterator().next());
        } else if (all.size() > most) {
            removeOldest();
        }
        return null;
    }

    /** Forgets the oldest, if there is one. */
    void removeOldest() {
        if (!all.isEmpty()) {
            remove(all.keySet().iterator().next());
        }
    }

    /** What they take in memory, about. */
    long bytes() {
        return bytes;
    }

    /** Forgets this one, if it is still the one that is kept. */
    @SuppressWarnings("ReferenceEquality") // that one, not one that is like it
    void remove(Key key, First first) {
        Known known = all.get(key);
        if (known != null && known.first() == first) {
            remove(key);
        }
    }

    /** Forgets those that were put before. */
    void removeBefore(long sinceNs) {
        Iterator<Map.Entry<Key, Known>> oldest = all.entrySet().iterator();
        while (oldest.hasNext()) {
            Map.Entry<Key, Known> entry = oldest.next();
            if (entry.getValue().sinceNs() - sinceNs >= 0) {
                return;
            }
            oldest.remove();
            removeOfTopic(entry.getKey());
        }
    }

    private void remove(Key key) {
        all.remove(key);
        removeOfTopic(key);
    }

    private void removeOfTopic(Key key) {
        bytes -= key.bytes();
        byTopic.computeIfPresent(key.topic(), (topic, keys) -> {
            keys.remove(key);
            return keys.isEmpty() ? null : keys;
        });
    }
}
