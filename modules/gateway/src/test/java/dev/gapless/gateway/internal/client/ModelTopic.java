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
import dev.gapless.core.TopicSettings;
import dev.gapless.core.copy.TopicCache;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Format;
import dev.gapless.core.log.Gate;
import dev.gapless.core.log.Log;
import dev.gapless.core.log.Reading;
import dev.gapless.core.log.Slice;
import dev.gapless.core.place.End;
import dev.gapless.core.place.Generation;
import dev.gapless.core.place.KnownMember;
import dev.gapless.core.place.KnownProducer;
import dev.gapless.core.place.LogCopy;
import dev.gapless.core.place.Next;
import dev.gapless.core.place.Part;
import dev.gapless.core.place.Places;
import dev.gapless.core.place.ProducerPlace;
import dev.gapless.core.place.Producers;
import dev.gapless.core.reading.Change;
import dev.gapless.core.reading.Past;
import dev.gapless.core.reading.PlacesSubscription;
import dev.gapless.core.reading.ResumedPlaces;
import dev.gapless.core.reading.SharedTopic;
import dev.gapless.core.reading.Slots;
import dev.gapless.core.reading.Want;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What two producers published on a topic, and what the gateway's node has of it: its subscriptions are those of the core. */
final class ModelTopic implements Slots {
    private static final TopicSettings SETTINGS = TopicSettings.DEFAULTS.with(draft -> {
        draft.reloadIntervalNs = 0;
        draft.reloadJitterNs = 0;
    });

    /** So many messages are cached: who lacks older ones fetches them. */
    private static final int CACHED = 24;
    /** So many messages of each stream a producer can give to whoever asks. */
    private static final int RING = 30;
    /** So many messages are fetched at once. */
    private static final int FETCHED = 10;

    private static final long MARGIN_MS = 1;
    private static final TopicCache.Needs NOTHING_NEEDED = (epoch, sequence) -> false;

    static final List<String> NODES = List.of("p", "q");
    /** The gateway's node, which publishes nothing, and takes the tokens. */
    private static final String GATEWAY = "g1";

    private static final long GATEWAY_UID = 1;

    /** One incarnation of a producer, and what is copied of it. */
    private static final class Incarnation implements LogCopy {
        final String node;
        final long uid;
        final Epoch epoch;
        final long joinedMs;
        /** The messages, in order; null for those that never came here. */
        final List<@Nullable Slice> messages = new ArrayList<>();

        private long behind;

        Incarnation(String node, long uid, Epoch epoch, long joinedMs) {
            this.node = node;
            this.uid = uid;
            this.epoch = epoch;
            this.joinedMs = joinedMs;
        }

        /** Its producer's ring overtakes this node. */
        void misses(int count) {
            for (int i = 0; i < count; i++) {
                messages.add(null);
            }
            behind = head();
        }

        @Override
        public long head() {
            return messages.size();
        }

        @Override
        public long newest() {
            return head();
        }

        @Override
        public long behind() {
            return behind;
        }

        /** What never came here its producer cannot give any more, nor what is in front of that. */
        @Override
        public long oldest() {
            return Math.max(behind, Math.max(0, head() - RING)) + 1;
        }

        @Override
        public boolean isComplete() {
            return true;
        }

        @Override
        public boolean isLost(long number) {
            return false;
        }

        Part part() {
            return new Part(epoch, uid, 0);
        }
    }

    private final String name;
    private final Format format;
    private final Random random;
    /** In the order in which they began. */
    private final Map<Epoch, Incarnation> incarnations = new LinkedHashMap<>();

    private final Map<String, Incarnation> now = new HashMap<>();
    private final List<Departure> departures = new ArrayList<>();
    /** The keys of messages, by node, epoch and sequence; none for what never came here. */
    private final Map<String, String> keys = new HashMap<>();

    private final TopicCache cache = new TopicCache(CACHED, Long.MAX_VALUE / 2);
    private final SharedTopic shared = new SharedTopic(cache);
    private Producers producers = Producers.NONE;
    private long events;
    private long timeMs;

    ModelTopic(String name, Format format, Random random) {
        this.name = name;
        this.format = format;
        this.random = random;
        Incarnation gateway = new Incarnation(GATEWAY, GATEWAY_UID, Epoch.of(GATEWAY_UID, name), -2 * MARGIN_MS);
        begin(gateway, KnownProducer.named(GATEWAY));
        NODES.forEach(node -> begin(node, KnownProducer.named(node)));
    }

    private void begin(String node, KnownProducer before) {
        long uid = random.nextLong();
        Incarnation incarnation = new Incarnation(node, uid, Epoch.of(uid, name), timeMs);
        incarnations.put(incarnation.epoch, incarnation);
        begin(incarnation, before);
    }

    private void begin(Incarnation incarnation, KnownProducer before) {
        now.put(incarnation.node, incarnation);
        producers = producers.with(
                named(incarnation.node), before.asked().answered(List.of(incarnation.part()), false, incarnation));
        show();
    }

    /** All subscriptions see what is known now. */
    private void show() {
        List<KnownMember> members = now.values().stream()
                .map(one -> new KnownMember(one.uid, one.epoch, one.node, one.node, named(one.node), one.joinedMs))
                .toList();
        Now clock = new Now(timeMs, Long.MAX_VALUE); // it stands still
        HistoryView history =
                new HistoryView(1, Long.MIN_VALUE, false, false, departures, clock, new LastPing(), MARGIN_MS);
        producers = producers.withMembers(members, events, history);
        shared.changed(producers, timeMs);
    }

    private static String which(String node, String epoch, long sequence) {
        return node + " " + epoch + " " + sequence;
    }

    /** Null if it was not given here. */
    String key(String node, String epoch, long sequence) {
        return keys.get(which(node, epoch, sequence));
    }

    String epoch(String node) {
        return now.get(node).epoch.toString();
    }

    long head(String node) {
        return now.get(node).head();
    }

    /** For each node where a subscription is that resumes there: in the first of its streams that it has not passed. */
    Map<String, Position> where(CursorToken token) {
        Map<Epoch, CursorToken.Entry> listed =
                token.entries().stream().collect(Collectors.toMap(CursorToken.Entry::epoch, entry -> entry));
        Map<String, Position> where = new HashMap<>();
        for (Incarnation incarnation : incarnations.values()) {
            CursorToken.Entry entry = listed.get(incarnation.epoch);
            if (entry != null && !entry.over()) {
                where.put(incarnation.node, new Position(entry.epoch(), Math.max(0, entry.sequence())));
            } else if (entry == null && !isPassed(incarnation, token)) {
                where.putIfAbsent(incarnation.node, new Position(incarnation.epoch, 0));
            }
        }
        return where;
    }

    /** Had that ended when the token was taken, which does not list it? */
    private boolean isPassed(Incarnation incarnation, CursorToken token) {
        return departures.stream()
                .anyMatch(departure ->
                        departure.uid() == incarnation.uid && departure.endedMs() <= token.timeMs() - MARGIN_MS);
    }

    void publish(String node, int count) {
        Incarnation incarnation = now.get(node);
        Epoch epoch = incarnation.epoch;
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
        cache.push(epoch, first, slices, NOTHING_NEEDED, 0);
        shared.changed(named(node), producers, timeMs);
    }

    /** The producer's ring overtook this node. */
    void miss(String node, int count) {
        now.get(node).misses(count);
        shared.changed(named(node), producers, timeMs);
    }

    void restart(String node) {
        end(node, null);
    }

    /** It left in good order, and another incarnation begins. */
    void leave(String node) {
        long head = head(node);
        if (head > 0) {
            end(node, new End.Stated(head, true));
        }
    }

    private void end(String node, End.@Nullable Stated farewell) {
        Incarnation before = now.get(node);
        Generation begun = Generation.begun(before.epoch, before.uid, false);
        Generation.Removal removal = new Generation.Removal(++events, ++timeMs);
        departures.add(new Departure(before.uid, node, timeMs, null));
        begin(node, producer(node).removed(begun, removal, farewell, false, true));
    }

    private KnownProducer producer(String node) {
        KnownProducer producer = producers.get(named(node));
        return producer == null ? KnownProducer.named(node) : producer;
    }

    // ------------------------------------------------------------------ the consumer

    PlacesSubscription open(StartFrom start) {
        Opening opening =
                start instanceof StartFrom.Resume resume ? new Opening.Resume(resume.token()) : new Opening.Latest();
        PlacesSubscription state = new PlacesSubscription(opening, name, shared, SETTINGS, 0, GATEWAY_UID);
        state.said(
                opening instanceof Opening.Resume resume
                        ? ResumedPlaces.of(resume, this, new Now(timeMs, 0)).begins()
                        : new Change.Begins(newest(), Past.opened(events)));
        return state;
    }

    private Places newest() {
        Places places = Places.NONE;
        for (Incarnation incarnation : now.values()) {
            places = places.with(named(incarnation.node), new ProducerPlace.At(incarnation.epoch, incarnation.head()));
        }
        return places;
    }

    /** The subscription wants what is not here. {@return was anything done for it?} */
    boolean give(PlacesSubscription state) {
        List<Want> wants = state.wants();
        for (Want want : wants) {
            Incarnation incarnation = now.get(NODES.get(want.slot()));
            if (want.what() instanceof Next.Fetch fetch) {
                if (fetch.generation().epoch().equals(incarnation.epoch)) { // else it is gone meanwhile
                    fetch(incarnation, fetch.sequence());
                }
            } else if (want.what() instanceof Next.Find find) {
                Position position = find.position();
                boolean has = position.epoch().equals(incarnation.epoch) && position.sequence() <= incarnation.head();
                Change found = state.howFar().found(producers, want.slot(), position, has);
                if (found != null) {
                    state.said(found);
                }
            }
        }
        return !wants.isEmpty();
    }

    private void fetch(Incarnation incarnation, long first) {
        if (first >= incarnation.oldest()) { // else the ring has lost it meanwhile
            long last = Math.min(incarnation.head(), first + FETCHED - 1);
            List<Slice> slices = incarnation.messages.subList((int) first - 1, (int) last).stream()
                    .map(Objects::requireNonNull)
                    .toList();
            cache.fetched(incarnation.epoch, first, slices, 0);
        }
        shared.changed(named(incarnation.node), producers, timeMs);
    }

    // ------------------------------------------------------------------ slots

    @Override
    public int named(String node) {
        return node.equals(GATEWAY) ? NODES.size() : NODES.indexOf(node);
    }

    @Override
    public int nameless(long uid, String address) {
        throw new IllegalStateException(address + " has a name");
    }

    @Override
    public List<Integer> namelessMembers() {
        return List.of();
    }

    @Override
    public Producers producers() {
        return producers;
    }

    @Override
    public void namedByToken(long uid, String node) {
        // Every name is known.
    }

    @Override
    public void recall(long uid, Now when) {
        // Every end is known.
    }
}
