package dev.gapless.simulation.explore;

import dev.gapless.core.Session;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Ring;
import dev.gapless.simulation.node.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * Writes down a whole world as numbers, so that two worlds that will behave alike come out alike: every field of every object
 * that can be reached, but for what {@link Shape} leaves out. Counters of sessions and stamps are replaced by their order.
 */
final class StateReader {
    private static final long NULL = 0x6e75_6c6cL;

    private long[] words = new long[1_024];
    private int length;
    private final IdentityHashMap<Object, Integer> met = new IdentityHashMap<>();
    private final Ranks stamps = new Ranks();
    private final Map<Long, Ranks> sessions = new HashMap<>();
    private final long longestNs;
    private long nowNs;
    private long uid;

    /** Places where a number stands that only has to be in order. */
    private static final class Ranks {
        private long[] values = new long[16];
        private int[] places = new int[16];
        private int size;

        void add(int place, long value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, 2 * size);
                places = Arrays.copyOf(places, 2 * size);
            }
            values[size] = value;
            places[size++] = place;
        }

        void settle(long[] words) {
            long[] sorted = Arrays.copyOf(values, size);
            Arrays.sort(sorted);
            int distinct = 0;
            for (int i = 0; i < size; i++) {
                if (i == 0 || sorted[i] != sorted[i - 1]) {
                    sorted[distinct++] = sorted[i];
                }
            }
            for (int i = 0; i < size; i++) {
                words[places[i]] = Arrays.binarySearch(sorted, 0, distinct, values[i]);
            }
        }
    }

    private StateReader(long longestNs) {
        this.longestNs = longestNs;
    }

    static Fingerprint fingerprint(World world) {
        StateReader reader = new StateReader(world.configuration().settings().backpressureTimeoutNs());
        reader.any(world);
        reader.stamps.settle(reader.words);
        reader.sessions.values().forEach(ranks -> ranks.settle(reader.words));
        return Fingerprint.of(reader.words, reader.length);
    }

    private void word(long word) {
        if (length == words.length) {
            words = Arrays.copyOf(words, 2 * length);
        }
        words[length++] = word;
    }

    private void any(@Nullable Object value) {
        if (value == null) {
            word(NULL);
        } else if (value instanceof Number number) {
            word(number.longValue());
        } else if (value instanceof String text) {
            word(text.hashCode());
        } else if (value instanceof Boolean flag) {
            word(flag ? 1 : 0);
        } else if (value instanceof Enum<?> constant) {
            word(constant.name().hashCode());
        } else if (value instanceof int[] numbers) {
            for (int number : numbers) {
                word(number);
            }
        } else if (value instanceof Map<?, ?> map) {
            map(map);
        } else if (value instanceof Collection<?> all) {
            collection(all);
        } else {
            object(value);
        }
    }

    private void map(Map<?, ?> map) {
        word(map.size());
        if (map instanceof LinkedHashMap || map instanceof SortedMap) {
            map.forEach((key, value) -> {
                any(key);
                any(value);
            });
        } else {
            for (Object key : inOrder(map.keySet())) {
                any(key);
                any(map.get(key));
            }
        }
    }

    private void collection(Collection<?> all) {
        word(all.size());
        boolean unordered = all instanceof Set && !(all instanceof LinkedHashSet || all instanceof SortedSet);
        for (Object one : unordered ? inOrder(all) : all) {
            any(one);
        }
    }

    /** Where a hash gives the order it says nothing: by what the keys are called. */
    private static List<Object> inOrder(Collection<?> keys) {
        List<Object> sorted = new ArrayList<>(keys);
        if (sorted.size() > 1) {
            sorted.sort((a, b) -> a instanceof Long one && b instanceof Long other
                    ? Long.compare(one, other)
                    : a.toString().compareTo(b.toString()));
            if (new HashSet<>(sorted.stream().map(Object::toString).toList()).size() < sorted.size()) {
                throw new IllegalStateException("Two of these have the same name: " + sorted);
            }
        }
        return sorted;
    }

    private void object(Object object) {
        Shape shape = Shape.of(object.getClass());
        if (object instanceof Session session) {
            word(session.uid());
            sessionOf(session.uid(), session.counter());
        } else if (object instanceof Content content) {
            word(Node.idOf(content));
            word(content.length());
        } else if (shape.isRecord()) {
            word(shape.of().getName().hashCode());
            parts(object, shape);
        } else {
            Integer known = met.putIfAbsent(object, met.size());
            word(known == null ? -1 : known);
            if (known == null) {
                mutable(object, shape);
            }
        }
    }

    private void mutable(Object object, Shape shape) {
        if (object instanceof Ring<?> ring) {
            word(ring.oldest());
            word(ring.head());
            for (long i = ring.oldest(); i <= ring.head(); i++) {
                any(ring.get(i));
            }
        } else if (object instanceof Life life) {
            long nowBefore = nowNs;
            long uidBefore = uid;
            nowNs = life.nowNs();
            uid = life.node().uid();
            parts(object, shape);
            nowNs = nowBefore;
            uid = uidBefore;
        } else {
            parts(object, shape);
        }
    }

    private void parts(Object object, Shape shape) {
        for (Shape.Part part : shape.parts()) {
            try {
                part(object, part);
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private void part(Object object, Shape.Part part) throws IllegalAccessException {
        switch (part.meaning()) {
            case VALUE -> any(part.field().get(object));
            case DEADLINE -> word(Math.max(0, part.field().getLong(object) - nowNs));
            case SINCE -> word(Math.min(longestNs, nowNs - part.field().getLong(object)));
            case STAMP -> stamp(part.field().get(object));
            case SESSIONS -> {
                Map<?, ?> map = (Map<?, ?>) part.field().get(object);
                for (Object key : inOrder(map.keySet())) {
                    sessionOf(uid, (Long) key);
                    any(map.get(key));
                }
            }
        }
    }

    private void stamp(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            word(map.size());
            for (Object key : inOrder(map.keySet())) {
                any(key);
                stamp(map.get(key));
            }
        } else {
            stamps.add(length, (Long) Objects.requireNonNull(value));
            word(0);
        }
    }

    private void sessionOf(long lifeUid, long counter) {
        sessions.computeIfAbsent(lifeUid, u -> new Ranks()).add(length, counter);
        word(0);
    }
}
