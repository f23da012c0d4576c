package dev.gapless.core.consumer;

import dev.gapless.core.Departure;
import dev.gapless.core.HistoryView;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.Passed;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;

/** Which incarnations that ended a reader's feed has come to the end of, and where: tokens say so (rule T2). Not thread-safe. */
final class Ends {
    private final Feed feed;
    private final String topic;
    private HistoryView history = HistoryView.NOTHING;
    private long unknown;
    private final Map<Long, Long> indexes = new HashMap<>();
    /** Those that are remembered, and of which the feed has not come to the end. */
    private List<Departure> open = List.of();
    /** Is there anything that {@link #passed} does not say? */
    private boolean changed;

    private Passed passed = Passed.NOTHING;

    /** Those whose end this reader has heard of, as a removal or when it began. What others tell earlier it may still have to come to. */
    private final Set<Long> heard = new HashSet<>();

    Ends(String topic, Feed feed) {
        this.topic = topic;
        this.feed = feed;
    }

    /**
     * The reader has begun, with everything that ended before behind it, but for what it was told.
     *
     * @param unknownIndex {@link Passed#unknown}
     */
    void begin(HistoryView known, Set<Long> told, long unknownIndex) {
        heard.addAll(told);
        unknown = unknownIndex;
        for (Departure departure : known.departures()) {
            if (!told.contains(departure.uid())) {
                indexes.put(departure.uid(), 0L);
            }
        }
        remember(known);
    }

    /** The reader has begun where others are: each knows by itself what it has passed. */
    void beginAgain(HistoryView known) {
        remember(known);
    }

    /** An incarnation was removed. */
    void heard(long uid) {
        heard.add(uid);
    }

    /**
     * Were subscriptions to be told meanwhile that something of another cluster is missed (rule M4)?
     *
     * @param known what is remembered now
     */
    boolean areToBeTold(HistoryView known) {
        return known.toldSince(history);
    }

    /** The last entry of the feed tells it. */
    void told() {
        unknown = feed.head();
        changed = true;
    }

    /** This is remembered now. What a history has when it becomes complete ended before this node was there. */
    void know(HistoryView known) {
        if (known.complete() && !history.complete()) {
            known.departures().forEach(departure -> heard.add(departure.uid()));
        }
        if (!known.equals(history)) {
            remember(known);
        }
    }

    private void remember(HistoryView known) {
        history = known;
        Set<Long> uids = new HashSet<>();
        known.departures().forEach(departure -> uids.add(departure.uid()));
        indexes.keySet().retainAll(uids);
        heard.retainAll(uids);
        heard.removeAll(indexes.keySet());
        open = known.departures().stream()
                .filter(departure -> !indexes.containsKey(departure.uid()))
                .toList();
        changed = true;
    }

    /** Looks whether the feed has come to the end of more, or more is remembered. {@return what is behind it, and where} */
    Passed settle(LongPredicate isOpen) {
        List<Departure> left = open.stream()
                .filter(departure -> !isOver(departure) || isOpen.test(departure.uid()))
                .toList();
        if (left.size() == open.size() && !changed) {
            return passed;
        }
        Set<Long> uids = new HashSet<>();
        left.forEach(departure -> uids.add(departure.uid()));
        for (Departure departure : open) {
            if (!uids.contains(departure.uid())) {
                indexes.put(departure.uid(), feed.head());
                heard.remove(departure.uid());
            }
        }
        open = left;
        changed = false;
        passed = new Passed(history, unknown, indexes);
        return passed;
    }

    private boolean isOver(Departure departure) {
        return heard.contains(departure.uid()) || departure.isNothing(topic);
    }
}
