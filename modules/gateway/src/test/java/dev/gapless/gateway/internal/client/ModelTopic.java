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
import dev.gapless.core.feed.Asked;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.Known;
import dev.gapless.core.feed.Place;
import dev.gapless.core.feed.Remembered;
import dev.gapless.core.feed.Stream;
import dev.gapless.core.feed.Vector;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Format;
import dev.gapless.core.log.Gate;
import dev.gapless.core.log.Log;
import dev.gapless.core.log.Reading;
import dev.gapless.core.log.Slice;
import dev.gapless.core.subscription.Onward;
import dev.gapless.core.subscription.Opening;
import dev.gapless.core.subscription.SubscriptionState;
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
    private static final class Life {
        final Stream stream;
        /** The messages, in order; null for those that never came here. */
        final List<@Nullable Slice> messages = new ArrayList<>();
        /** How it ended; null if it did not. */
        @Nullable End end;

        Life(Stream stream) {
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
    private final Map<Epoch, Life> lives = new LinkedHashMap<>();

    private final Map<String, Life> now = new HashMap<>();
    /** The keys of messages, by node, epoch and sequence; none for what never came here. */
    private final Map<String, String> keys = new HashMap<>();

    private final Feed shared = new Feed(SETTINGS);
    private Known known = Known.NOTHING;
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
        Life life = new Life(Stream.of(uid, name, node));
        lives.put(life.stream.epoch(), life);
        now.put(node, life);
        changed();
        return life.stream;
    }

    private void changed() {
        Map<Epoch, Stream> open = new HashMap<>();
        Map<Epoch, Long> removed = new HashMap<>();
        List<Departure> departures = new ArrayList<>();
        lives.forEach((epoch, life) -> {
            Stream stream = life.stream;
            if (life.end == null) {
                open.put(epoch, stream);
            } else {
                removed.put(epoch, life.end.timeMs());
                departures.add(new Departure(stream.uid(), stream.node(), life.end.timeMs(), null));
            }
        });
        departures.sort(Comparator.comparing(Departure::endedMs));
        Now clock = new Now(timeMs, Long.MAX_VALUE); // it stands still
        HistoryView history =
                new HistoryView(1, Long.MIN_VALUE, false, false, departures, clock, new LastPing(), MARGIN_MS);
        known = new Known(open, removed, removed.keySet(), Set.of(), Remembered.of(history, name), 0);
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
        Vector at = Vector.of(places(token));
        Map<String, Position> where = new HashMap<>();
        for (Life life : lives.values()) {
            if (!at.isOver(life.stream)) {
                where.putIfAbsent(life.stream.node(), life.stream.at(at.sequence(life.stream)));
            }
        }
        return where;
    }

    void publish(String node, int count) {
        Life life = now.get(node);
        Epoch epoch = life.stream.epoch();
        long first = life.head() + 1;
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
                life.messages.add(slice.part(i, 1));
            }
        }
        shared.messages(life.stream, first, slices);
    }

    /** The producer's ring overtook this node. */
    void miss(String node, int count) {
        Life life = now.get(node);
        long before = life.head();
        for (int i = 0; i < count; i++) {
            life.messages.add(null);
        }
        shared.expired(life.stream, before, life.head(), Reason.OVERRUN, 1);
    }

    void restart(String node) {
        Life before = now.get(node);
        Stream successor = begin(node);
        end(before, End.restarted(successor.at(1), ++timeMs));
        shared.began(successor, 0);
    }

    /** It left in good order, and another life begins. */
    void leave(String node) {
        Life before = now.get(node);
        if (before.head() == 0) {
            return;
        }
        end(before, End.exact(before.head(), ++timeMs));
        shared.began(begin(node), 0);
    }

    private void end(Life life, End end) {
        life.end = end;
        shared.ended(life.stream, life.head(), end, true);
        changed();
    }

    // ------------------------------------------------------------------ the consumer

    SubscriptionState open(StartFrom start) {
        SubscriptionState state = SubscriptionState.of(new Opening.Latest(), shared, this, SETTINGS, 0);
        if (!(start instanceof StartFrom.Resume resume)) {
            state.begin(Vector.of(shared.tails()), Map.of(), 0);
            state.goOn(new Onward.In(shared, shared.attach(shared.head() + 1, 0)));
            return state;
        }
        state.begin(Vector.of(places(resume.token())), Map.of(), 0);
        place(state);
        return state;
    }

    /** What it does not list of a stream that goes on, or ended since, is read from the beginning. */
    private Map<Epoch, Place> places(CursorToken token) {
        Map<Epoch, CursorToken.Entry> listed = new HashMap<>();
        token.entries().forEach(entry -> listed.put(entry.epoch(), entry));
        Set<String> begun = new HashSet<>();
        Map<Epoch, Place> places = new HashMap<>();
        lives.forEach((epoch, life) -> {
            Stream stream = life.stream;
            CursorToken.Entry entry = listed.get(epoch);
            if (entry != null) {
                places.put(
                        epoch,
                        entry.over() ? Place.over(stream, entry.sequence()) : Place.at(stream, entry.sequence()));
                begun.add(stream.node());
            } else if (life.end != null
                    && (token.isMadeByHand()
                            ? !begun.contains(stream.node())
                            : life.end.timeMs() <= token.timeMs() - MARGIN_MS)) {
                places.put(epoch, Place.over(stream, Place.AWAITED));
            }
        });
        return places;
    }

    /** The subscription asks where to read on. */
    void place(SubscriptionState state) {
        Vector at = state.placedAt();
        Feed.Placed placed = shared.place(at, Asked.ANYTHING, 0);
        if (placed != null) {
            state.goOn(new Onward.In(shared, placed.cursor()));
            return;
        }
        Feed own = new Feed(ALL);
        lives.values().stream().filter(life -> !at.isOver(life.stream)).forEach(life -> give(life, at, own));
        state.goOn(new Onward.In(own, own.attach(1, 0)));
        state.leaveOnceRead();
    }

    /** What the producer has for whoever is there. */
    private static void give(Life life, Vector at, Feed own) {
        long from = at.sequence(life.stream);
        long lost = life.lost();
        if (from < lost) {
            own.expired(life.stream, from, lost, Reason.OVERRUN, 1);
        } else {
            own.began(life.stream, from);
        }
        long first = Math.max(from, lost);
        if (first < life.head()) {
            own.messages(life.stream, first + 1, life.messages.subList((int) first, (int) life.head()));
        }
        if (life.end != null) {
            own.ended(life.stream, life.head(), life.end, true);
        }
    }

    @Override
    public Known known() {
        return known;
    }

    @Override
    public long changes() {
        return changes;
    }
}
