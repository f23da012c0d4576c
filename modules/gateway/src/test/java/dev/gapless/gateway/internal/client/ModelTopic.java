package dev.gapless.gateway.internal.client;

import dev.gapless.StartFrom;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.HistoryView;
import dev.gapless.core.LastPing;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Now;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.feed.Asked;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.EndedStreams;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.Frontier;
import dev.gapless.core.feed.Place;
import dev.gapless.core.feed.Stream;
import dev.gapless.core.feed.StreamsView;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Format;
import dev.gapless.core.log.Gate;
import dev.gapless.core.log.Log;
import dev.gapless.core.log.Reading;
import dev.gapless.core.log.Slice;
import dev.gapless.core.subscription.FeedSubscription;
import dev.gapless.core.subscription.ReadOn;
import dev.gapless.core.subscription.TopicView;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What two producers published on a topic, the shared feed of the gateway's node that has it, and the feeds of those that fell behind. */
final class ModelTopic implements TopicView {
    /** The shared feed goes on past whoever stands still for long. */
    private static final TopicSettings SETTINGS = TopicSettings.DEFAULTS.with(draft -> {
        draft.bufferMessages = 24;
        draft.feedHoldNs = 0;
        draft.reloadIntervalNs = 0;
        draft.reloadJitterNs = 0;
    });

    private static final TopicSettings ALL = SETTINGS.with(draft -> draft.bufferMessages = 1 << 16);
    /** So many messages of each stream a producer can give to whoever asks. */
    private static final int RING = 30;

    private static final long MARGIN_MS = 1;

    static final List<String> NODES = List.of("p", "q");

    /** One incarnation of a producer. */
    private static final class Incarnation {
        final Stream stream;
        /** The messages, in order; null for those that never came here. */
        final List<@Nullable Slice> messages = new ArrayList<>();
        /** How it ended; null if it did not. */
        @Nullable End end;

        Incarnation(Stream stream) {
            this.stream = stream;
        }

        long head() {
            return messages.size();
        }

        /** Up to here its producer can give nothing any more. */
        long lost() {
            long lost = Math.max(0, head() - RING);
            for (long i = lost; i < head(); i++) {
                lost = messages.get((int) i) == null ? i + 1 : lost;
            }
            return lost;
        }
    }

    private final String name;
    private final Format format;
    private final Random random;
    /** In the order in which they began. */
    private final Map<Epoch, Incarnation> incarnations = new LinkedHashMap<>();

    private final Map<String, Incarnation> now = new HashMap<>();
    /** The keys of messages, by node, epoch and sequence; none for what never came here. */
    private final Map<String, String> keys = new HashMap<>();

    private final Feed shared = new Feed(SETTINGS);
    private StreamsView known = StreamsView.NOTHING;
    private long changes;
    private long timeMs;

    ModelTopic(String name, Format format, Random random) {
        this.name = name;
        this.format = format;
        this.random = random;
        for (String node : NODES) {
            Stream stream = begin(node);
            shared.began(stream, 0);
        }
    }

    private Stream begin(String node) {
        long uid = random.nextLong();
        Incarnation incarnation = new Incarnation(Stream.of(uid, name, node));
        incarnations.put(incarnation.stream.epoch(), incarnation);
        now.put(node, incarnation);
        changed();
        return incarnation.stream;
    }

    private void changed() {
        Map<Epoch, Stream> open = new HashMap<>();
        Map<Epoch, Long> removed = new HashMap<>();
        List<Departure> departures = new ArrayList<>();
        incarnations.forEach((epoch, incarnation) -> {
            Stream stream = incarnation.stream;
            if (incarnation.end == null) {
                open.put(epoch, stream);
            } else {
                removed.put(epoch, incarnation.end.timeMs());
                departures.add(new Departure(stream.uid(), stream.node(), incarnation.end.timeMs(), null));
            }
        });
        departures.sort(Comparator.comparing(Departure::endedMs));
        Now clock = new Now(timeMs, Long.MAX_VALUE); // it stands still
        HistoryView history =
                new HistoryView(1, Long.MIN_VALUE, false, false, departures, clock, new LastPing(), MARGIN_MS);
        known = new StreamsView(open, removed, removed.keySet(), Set.of(), EndedStreams.of(history, name), 0);
        changes++;
    }

    private static String which(String node, String epoch, long sequence) {
        return node + " " + epoch + " " + sequence;
    }

    /** Null if it was not given here. */
    String key(String node, String epoch, long sequence) {
        return keys.get(which(node, epoch, sequence));
    }

    String epoch(String node) {
        return now.get(node).stream.epoch().toString();
    }

    long head(String node) {
        return now.get(node).head();
    }

    /** For each node where a subscription is that resumes there: in the first of its streams that has not ended for it. */
    Map<String, Position> where(CursorToken token) {
        Frontier at = Frontier.of(places(token));
        Map<String, Position> where = new HashMap<>();
        for (Incarnation incarnation : incarnations.values()) {
            if (!at.isOver(incarnation.stream)) {
                where.putIfAbsent(incarnation.stream.node(), incarnation.stream.at(at.sequence(incarnation.stream)));
            }
        }
        return where;
    }

    void publish(String node, int count) {
        Incarnation incarnation = now.get(node);
        Epoch epoch = incarnation.stream.epoch();
        long first = incarnation.head() + 1;
        Log log = new Log(LogIdentity.fresh(epoch, 0), TopicSettings.DEFAULTS, Gate.opened());
        for (int i = 0; i < count; i++) {
            String key = "k" + random.nextInt(3);
            byte[] data = ("" + (first + i)).getBytes(StandardCharsets.UTF_8);
            log.tryPublish(
                    new Content(key, false, random.nextInt(5) == 0 ? Map.of("h", "v") : Map.of(), format, data), 1);
            keys.put(which(node, epoch.toString(), first + i), key);
        }
        List<Slice> slices = ((Reading.Messages) log.read(1, count, 1 << 20)).slices();
        for (Slice slice : slices) {
            for (int i = 0; i < slice.count(); i++) {
                incarnation.messages.add(slice.part(i, 1));
            }
        }
        shared.messages(incarnation.stream, first, slices);
    }

    /** The producer's ring overtook this node. */
    void miss(String node, int count) {
        Incarnation incarnation = now.get(node);
        long before = incarnation.head();
        for (int i = 0; i < count; i++) {
            incarnation.messages.add(null);
        }
        shared.expired(incarnation.stream, before, incarnation.head(), Reason.OVERRUN, 1);
    }

    void restart(String node) {
        Incarnation before = now.get(node);
        Stream successor = begin(node);
        end(before, End.restarted(successor.at(1), ++timeMs));
        shared.began(successor, 0);
    }

    /** It left in good order, and another incarnation begins. */
    void leave(String node) {
        Incarnation before = now.get(node);
        if (before.head() == 0) {
            return;
        }
        end(before, End.exact(before.head(), ++timeMs));
        shared.began(begin(node), 0);
    }

    private void end(Incarnation incarnation, End end) {
        incarnation.end = end;
        shared.ended(incarnation.stream, incarnation.head(), end, true);
        changed();
    }

    // ------------------------------------------------------------------ the consumer

    FeedSubscription open(StartFrom start) {
        FeedSubscription state = FeedSubscription.of(new Opening.Latest(), shared, this, SETTINGS, 0);
        if (!(start instanceof StartFrom.Resume resume)) {
            state.begin(Frontier.of(shared.tails()), Map.of(), 0);
            state.goOn(new ReadOn.In(shared, shared.attach(shared.head() + 1, 0)));
            return state;
        }
        state.begin(Frontier.of(places(resume.token())), Map.of(), 0);
        place(state);
        return state;
    }

    /** What it does not list of a stream that goes on, or ended since, is read from the beginning. */
    private Map<Epoch, Place> places(CursorToken token) {
        Map<Epoch, CursorToken.Entry> listed = new HashMap<>();
        token.entries().forEach(entry -> listed.put(entry.epoch(), entry));
        Set<String> begun = new HashSet<>();
        Map<Epoch, Place> places = new HashMap<>();
        incarnations.forEach((epoch, incarnation) -> {
            Stream stream = incarnation.stream;
            CursorToken.Entry entry = listed.get(epoch);
            if (entry != null) {
                places.put(
                        epoch,
                        entry.over() ? Place.over(stream, entry.sequence()) : Place.at(stream, entry.sequence()));
                begun.add(stream.node());
            } else if (incarnation.end != null
                    && (token.isMadeByHand()
                            ? !begun.contains(stream.node())
                            : incarnation.end.timeMs() <= token.timeMs() - MARGIN_MS)) {
                places.put(epoch, Place.over(stream, Place.AWAITED));
            }
        });
        return places;
    }

    /** The subscription asks where to read on. */
    void place(FeedSubscription state) {
        Frontier at = state.placedAt();
        Feed.Placed placed = shared.place(at, Asked.ANYTHING, 0);
        if (placed != null) {
            state.goOn(new ReadOn.In(shared, placed.cursor()));
            return;
        }
        Feed own = new Feed(ALL);
        incarnations.values().stream()
                .filter(incarnation -> !at.isOver(incarnation.stream))
                .forEach(incarnation -> give(incarnation, at, own));
        state.goOn(new ReadOn.In(own, own.attach(1, 0)));
        state.leaveOnceRead();
    }

    /** What the producer has for whoever is there. */
    private static void give(Incarnation incarnation, Frontier at, Feed own) {
        long from = at.sequence(incarnation.stream);
        long lost = incarnation.lost();
        if (from < lost) {
            own.expired(incarnation.stream, from, lost, Reason.OVERRUN, 1);
        } else {
            own.began(incarnation.stream, from);
        }
        long first = Math.max(from, lost);
        if (first < incarnation.head()) {
            own.messages(
                    incarnation.stream, first + 1, incarnation.messages.subList((int) first, (int) incarnation.head()));
        }
        if (incarnation.end != null) {
            own.ended(incarnation.stream, incarnation.head(), incarnation.end, true);
        }
    }

    @Override
    public StreamsView known() {
        return known;
    }

    @Override
    public long changes() {
        return changes;
    }
}
