package dev.gapless.core.feed;

import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.HistoryView;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What members remember of incarnations that ended (rule T2), by their streams of one topic. Immutable. */
public final class EndedStreams {
    /** Of a node that has heard of nobody. */
    public static final EndedStreams NOTHING = of(HistoryView.NOTHING, "");

    private final HistoryView history;
    private final List<Gone> inOrder;
    private final Map<Epoch, Gone> byEpoch;

    /** One of them, and its stream. */
    public record Gone(Stream stream, Departure departure) {
        /** Its last sequence, 0 if nothing was published there; null if nobody knows. */
        public @Nullable Long head() {
            return departure.headOf(stream.epoch());
        }

        /** For a subscription that has passed it. */
        public Place over() {
            Long head = head();
            return Place.over(stream, head == null ? Place.AWAITED : head);
        }

        /** How it ended, as far as it is known. */
        public End end(long nowMs) {
            Long head = head();
            return head == null ? End.lost(nowMs) : End.exact(head, nowMs);
        }
    }

    private EndedStreams(HistoryView history, List<Gone> inOrder, Map<Epoch, Gone> byEpoch) {
        this.history = history;
        this.inOrder = inOrder;
        this.byEpoch = byEpoch;
    }

    public static EndedStreams of(HistoryView history, String topic) {
        List<Gone> inOrder = history.departures().stream()
                .map(departure -> new Gone(Stream.of(departure.uid(), topic, departure.node()), departure))
                .toList();
        Map<Epoch, Gone> byEpoch = new HashMap<>();
        inOrder.forEach(gone -> byEpoch.put(gone.stream().epoch(), gone));
        return new EndedStreams(history, inOrder, byEpoch);
    }

    /** The same topic's, once this is remembered. */
    public EndedStreams next(HistoryView later, String topic) {
        return later.departures() == history.departures()
                ? new EndedStreams(later, inOrder, byEpoch)
                : of(later, topic);
    }

    public HistoryView history() {
        return history;
    }

    /** In the order in which they ended. */
    public List<Gone> inOrder() {
        return inOrder;
    }

    public Set<Epoch> epochs() {
        return byEpoch.keySet();
    }

    /** Null if nothing is remembered of that stream's incarnation. */
    public @Nullable Gone get(Epoch stream) {
        return byEpoch.get(stream);
    }
}
