package dev.gapless.simulation.explore;

import dev.gapless.core.Session;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Ring;
import dev.gapless.core.log.Segment;
import dev.gapless.core.log.Slice;
import dev.gapless.simulation.inside.Inside;
import dev.gapless.simulation.node.SimulatedNode;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes down a world as numbers, so that two worlds that will behave alike come out alike: every field of every object
 * that can be reached, but for what {@link Shape} leaves out. Counters of sessions and stamps are replaced by their order.
 *
 * <p>Each incarnation is read by itself, so that it need not be read again as long as nothing happens to it.
 */
final class StateReader {
    private static final long NULL = 0x6e75_6c6cL;

    /** So many graces, and more, are all the same. */
    private static final long GRACES = 8;

    private static final @Nullable Reading[] NOBODY = {};

    private final Numbers words = new Numbers();
    private final Numbers sessions = new Numbers();
    private final Numbers marks = new Numbers();
    private final Numbers stamps = new Numbers();
    private final Numbers heard = new Numbers();
    private final Numbers order = new Numbers();
    private final Met met = new Met();
    private final long longestNs;
    private final long latelyNs;
    private @Nullable Reading[] incarnations = NOBODY;
    private long nowNs;
    /** The object that changes in which it reads. */
    private @Nullable Object holder;

    /** What was read of one incarnation: its fingerprint, and what counts only by its order among all. */
    record Reading(StateFingerprint self, Numbers sessions, Numbers marks, Numbers stamps, Numbers heard) {}

    StateReader(Configuration configuration) {
        this.latelyNs = 2L * configuration.graceNs() + 1;
        this.longestNs = Math.max(
                GRACES * configuration.graceNs(),
                Math.max(
                        configuration.settings().backpressure()
                                ? configuration.settings().backpressureTimeoutNs()
                                : 0,
                        configuration.settings().feedHoldNs()));
    }

    /** Of a world of which nothing is known. */
    static StateFingerprint fingerprint(ExploredWorld world) {
        StateReader reader = new StateReader(world.configuration());
        @Nullable Reading[] all = new Reading[world.size()];
        for (int host = 0; host < all.length; host++) {
            all[host] = reader.read(world, host);
        }
        return reader.fingerprint(world, all);
    }

    /** Reads who lives at this host, if anybody does. */
    @Nullable Reading read(ExploredWorld world, int host) {
        ExploredNode incarnation = world.incarnationAt(host);
        if (incarnation == null) {
            return null;
        }
        begin(world, host);
        incarnations = NOBODY;
        nowNs = incarnation.nowNs();
        any(incarnation);
        rank(order, order);
        return new Reading(words.fingerprint(), sessions.copy(), marks.copy(), stamps.copy(), heard.copy());
    }

    /** Reads the rest of the world; the incarnations were read before. */
    StateFingerprint fingerprint(ExploredWorld world, @Nullable Reading[] readings) {
        begin(world, -1);
        incarnations = readings;
        any(world);
        rankSessions();
        rank(marks, marks);
        rank(stamps, marks);
        rank(heard, heard);
        return words.fingerprint();
    }

    private void begin(ExploredWorld world, int host) {
        words.clear();
        sessions.clear();
        marks.clear();
        stamps.clear();
        heard.clear();
        order.clear();
        met.clear();
        world.forEachStranger(host, met::meet);
    }

    private void rankSessions() {
        for (int i = 0; i < sessions.size(); i += 2) {
            int lower = 0;
            for (int j = 0; j < sessions.size(); j += 2) {
                if (sessions.get(j) == sessions.get(i) && sessions.get(j + 1) < sessions.get(i + 1)) {
                    lower++;
                }
            }
            words.add(lower);
        }
    }

    /** By how many of those are before each of them, if they have come at all. */
    private void rank(Numbers moments, Numbers those) {
        for (int i = 0; i < moments.size(); i++) {
            int before = 0;
            for (int j = 0; j < those.size(); j++) {
                if (those.get(j) < moments.get(i)) {
                    before++;
                }
            }
            words.add(moments.get(i) == Long.MAX_VALUE ? NULL : before);
        }
    }

    private void any(@Nullable Object value) {
        if (value == null) {
            words.add(NULL);
            return;
        }
        Shape shape = Shape.of(value.getClass());
        switch (shape.sort()) {
            case NUMBER -> words.add(((Number) value).longValue());
            case TEXT -> words.add(value.hashCode());
            case FLAG -> words.add((Boolean) value ? 1 : 0);
            case CONSTANT -> words.add(((Enum<?>) value).name().hashCode());
            case INTS -> {
                for (int number : (int[]) value) {
                    words.add(number);
                }
            }
            case ARRAY -> collection(Arrays.asList((Object[]) value), Arrays.asList((Object[]) value));
            case MAP -> map((Map<?, ?>) value);
            case HASH_MAP -> hashMap((Map<?, ?>) value);
            case COLLECTION -> collection((Collection<?>) value, (Collection<?>) value);
            case HASH_SET -> collection((Collection<?>) value, inOrder((Collection<?>) value));
            case SESSION -> session((Session) value);
            case CONTENT -> {
                words.add(SimulatedNode.idOf(((Content) value).bytes()));
                words.add(((Content) value).bytes().length);
            }
            case SLICE -> slice((Slice) value);
            case RECORD -> {
                words.add(shape.name());
                parts(value, shape);
            }
            case RING, MUTABLE -> mutable(value, shape);
        }
    }

    private void map(Map<?, ?> map) {
        words.add(map.size());
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            any(entry.getKey());
            any(entry.getValue());
        }
    }

    private void hashMap(Map<?, ?> map) {
        if (map.size() <= 1) {
            map(map);
            return;
        }
        words.add(map.size());
        for (Object key : inOrder(map.keySet())) {
            any(key);
            any(map.get(key));
        }
    }

    private void collection(Collection<?> all, Collection<?> inOrder) {
        words.add(all.size());
        for (Object one : inOrder) {
            any(one);
        }
    }

    /** By what the keys are called. */
    private static Collection<?> inOrder(Collection<?> keys) {
        if (keys.size() <= 1) {
            return keys;
        }
        List<Object> sorted = new ArrayList<>(keys);
        sorted.sort(StateReader::compare);
        for (int i = 1; i < sorted.size(); i++) {
            if (compare(sorted.get(i - 1), sorted.get(i)) == 0) {
                throw new IllegalStateException("Two of these have the same name: " + sorted);
            }
        }
        return sorted;
    }

    private static int compare(Object a, Object b) {
        return a instanceof Long one && b instanceof Long other
                ? Long.compare(one, other)
                : a.toString().compareTo(b.toString());
    }

    private void session(Session session) {
        words.add(session.uid());
        sessionOf(session.uid(), session.counter());
    }

    private void mutable(Object object, Shape shape) {
        int known = met.meet(object);
        words.add(known);
        if (known >= 0) {
            if (incarnations != NOBODY && object instanceof ExploredNode incarnation) {
                alive(Objects.requireNonNull(incarnations[incarnation.host()]));
            }
        } else if (object instanceof Ring<?> ring) {
            words.add(ring.oldest());
            words.add(ring.head());
            for (long i = ring.oldest(); i <= ring.head(); i++) {
                entry(Objects.requireNonNull(ring.get(i)), i);
            }
        } else {
            Object before = holder;
            holder = object;
            parts(object, shape);
            holder = before;
        }
    }

    /** One entry of a ring, whatever others are kept with it. */
    private void entry(Ring.Piece piece, long index) {
        if (piece instanceof Segment segment) {
            slice(segment.slice(index, 1));
        } else {
            any(Inside.OF_SIMULATED.entry(piece, index));
        }
    }

    private void slice(Slice slice) {
        words.add(slice.count());
        for (int i = 0; i < slice.count(); i++) {
            words.add(SimulatedNode.idOf(slice.content(i)));
            words.add(slice.contentLength(i));
            words.add(slice.publishedMs(i));
        }
    }

    private void alive(Reading reading) {
        words.add(reading.self.high());
        words.add(reading.self.low());
        sessions.addAll(reading.sessions);
        marks.addAll(reading.marks);
        stamps.addAll(reading.stamps);
        heard.addAll(reading.heard);
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
            case NUMBER -> words.add(part.field().getLong(object));
            case FLAG -> words.add(part.field().getBoolean(object) ? 1 : 0);
            case DEADLINES ->
                deadlines((Map<?, ?>) Objects.requireNonNull(part.field().get(object)));
            case ORDER -> order.add(part.field().getLong(object));
            case DEADLINE -> words.add(until(part.field().getLong(object)));
            case SINCE -> words.add(Math.min(longestNs, nowNs - part.field().getLong(object)));
            case SINCE_OR_NULL -> since(object, part.field(), longestNs);
            case LATELY -> since(object, part.field(), latelyNs);
            case MARK -> marks.add(part.field().getLong(object));
            case HEARD -> heard.add(part.field().getLong(object));
            case STAMP -> stamp(part.field().get(object));
            case AS_NOW ->
                words.add(
                        Inside.OF_SIMULATED.isAsAsked(
                                        Objects.requireNonNull(holder),
                                        part.field().getLong(object))
                                ? 1
                                : 0);
        }
    }

    private void deadlines(Map<?, ?> moments) {
        words.add(moments.size());
        for (Object key : inOrder(moments.keySet())) {
            any(key);
            words.add(until((Long) Objects.requireNonNull(moments.get(key))));
        }
    }

    private long until(long deadlineNs) {
        boolean isNever = deadlineNs == Long.MAX_VALUE || ExploredNode.isNever(deadlineNs - nowNs);
        return isNever ? Long.MAX_VALUE : Math.max(0, deadlineNs - nowNs);
    }

    private void since(Object object, Field field, long mostNs) throws IllegalAccessException {
        Object moment = field.get(object);
        words.add(moment == null ? NULL : Math.min(mostNs, nowNs - (Long) moment));
    }

    private void stamp(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            words.add(map.size());
            for (Object key : inOrder(map.keySet())) {
                any(key);
                stamp(map.get(key));
            }
        } else {
            stamps.add((Long) Objects.requireNonNull(value));
        }
    }

    private void sessionOf(long incarnationUid, long counter) {
        sessions.add(incarnationUid);
        sessions.add(counter);
    }
}
