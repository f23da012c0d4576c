package dev.gapless.core.node;

import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.Limits;
import dev.gapless.core.wire.HistoryPart;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Departures in parts that fit into messages, and how they come together again: one may have more streams than a message. Not thread-safe. */
final class DepartureParts {
    /** The one of which only some streams have come. */
    private @Nullable Departure begun;

    /**
     * Some of them.
     *
     * @param continued the first one goes on with the last one of the part before
     * @param continues the last one goes on in the next part
     */
    record Part(List<Departure> departures, boolean continued, boolean continues) {}

    /** All of these, in their order. */
    static List<Part> of(List<Departure> departures) {
        List<Part> parts = new ArrayList<>();
        List<Departure> part = new ArrayList<>();
        long bytes = 0;
        boolean continued = false;
        for (Departure departure : departures) {
            List<Map<Epoch, Long>> streams = departure.published() == null ? List.of() : inParts(departure.published());
            long size = streams.isEmpty() ? 0 : sizeOf(streams.get(0));
            if (part.size() == HistoryPart.MOST || bytes + size > Limits.MAX_FAREWELL_BYTES) {
                parts.add(new Part(part, continued, false));
                part = new ArrayList<>();
                bytes = 0;
                continued = false;
            }
            for (int i = 0; i < streams.size() - 1; i++) {
                part.add(of(departure, streams.get(i)));
                parts.add(new Part(part, continued, true));
                part = new ArrayList<>();
                continued = true;
            }
            Map<Epoch, Long> last = streams.isEmpty() ? null : streams.get(streams.size() - 1);
            part.add(of(departure, last));
            bytes = streams.size() > 1 ? sizeOf(streams.get(streams.size() - 1)) : bytes + size;
        }
        parts.add(new Part(part, continued, false));
        return parts;
    }

    private static Departure of(Departure departure, @Nullable Map<Epoch, Long> published) {
        return new Departure(departure.uid(), departure.node(), departure.endedMs(), published);
    }

    /**
     * {@return those of which all has come by now}
     *
     * @param next whether this part follows the one that came before, of the same answer
     */
    List<Departure> take(HistoryPart part, boolean next) {
        List<Departure> whole = new ArrayList<>(part.departures());
        Departure before = begun;
        begun = next ? null : begun;
        if (part.continued() && !whole.isEmpty()) {
            Departure rest = whole.remove(0);
            if (next && before != null && before.uid() == rest.uid()) {
                whole.add(0, both(before, rest));
            } else if (whole.isEmpty()) {
                return whole; // also if it goes on: its beginning was lost
            }
        }
        if (part.continues() && !whole.isEmpty()) {
            Departure more = whole.remove(whole.size() - 1);
            begun = next ? more : begun;
        }
        return whole;
    }

    private static Departure both(Departure before, Departure rest) {
        Map<Epoch, Long> published = new HashMap<>();
        for (Departure one : List.of(before, rest)) {
            Map<Epoch, Long> its = one.published();
            published.putAll(its == null ? Map.of() : its);
        }
        return of(before, published);
    }

    /** In parts that fit into a message each; one if there are no streams. The same ones in each run. */
    static List<Map<Epoch, Long>> inParts(Map<Epoch, Long> published) {
        List<Map<Epoch, Long>> parts = new ArrayList<>();
        Map<Epoch, Long> part = new LinkedHashMap<>();
        long bytes = 0;
        List<Map.Entry<Epoch, Long>> inOrder = new ArrayList<>(published.entrySet());
        inOrder.sort(Comparator.comparingLong(entry -> entry.getKey().id()));
        for (Map.Entry<Epoch, Long> stream : inOrder) {
            long size = sizeOf(stream.getValue());
            if (bytes + size > Limits.MAX_FAREWELL_BYTES) {
                parts.add(part);
                part = new LinkedHashMap<>();
                bytes = 0;
            }
            part.put(stream.getKey(), stream.getValue());
            bytes += size;
        }
        parts.add(part);
        return parts;
    }

    private static long sizeOf(Map<Epoch, Long> published) {
        return published.values().stream().mapToLong(DepartureParts::sizeOf).sum();
    }

    /** On the wire. */
    private static long sizeOf(long head) {
        return Long.BYTES + 1L + (Long.SIZE - 1 - Long.numberOfLeadingZeros(head | 1)) / 7;
    }
}
