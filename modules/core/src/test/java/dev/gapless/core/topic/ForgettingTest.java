package dev.gapless.core.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Given;
import dev.gapless.core.HistoryView;
import dev.gapless.core.LastPing;
import dev.gapless.core.Now;
import dev.gapless.core.copy.TopicCache;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.delivery.Step;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.place.KnownProducer;
import dev.gapless.core.place.Places;
import dev.gapless.core.place.ProducerPlace;
import dev.gapless.core.place.Producers;
import dev.gapless.core.reading.Change;
import dev.gapless.core.reading.Past;
import dev.gapless.core.reading.PlacesSubscription;
import dev.gapless.core.reading.ResumedPlaces;
import dev.gapless.core.reading.SharedTopic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same happens twice, in one world that forgets, and in one that does not: subscriptions in both are told and given the same. */
class ForgettingTest {
    private static final long RETENTION_MS = 600_000;
    private static final int SUBSCRIPTIONS = 3;

    private static final class World {
        final ComingAndGoing nodes = new ComingAndGoing();
        final List<TopicSubscription> subscriptions = new ArrayList<>();
        final Forgetting forgetting;
        final boolean forgets;

        World(boolean forgets) {
            this.forgets = forgets;
            this.forgetting = new Forgetting(nodes.producers, nodes.topic.cache(), subscriptions, slot -> {});
        }

        void begin(Random random) {
            nodes.begin();
            for (int i = 0; i < 10; i++) {
                nodes.happen(random);
            }
            nodes.nowMs += 2 * ComingAndGoing.MARGIN_MS;
            nodes.allAnswer();
            for (int i = 0; i < SUBSCRIPTIONS; i++) {
                Past past = Past.opened(nodes.producers.producers().lastEvent());
                Opening opening = new Opening.Latest();
                PlacesSubscription reading = nodes.open(opening, new Change.Begins(Places.NONE, past));
                subscriptions.add(new TopicSubscription(i, reading, opening));
            }
        }

        void happen(Random random) {
            nodes.happen(random);
            long untilMs = ComingAndGoing.BEGIN_MS + nodes.nowMs - RETENTION_MS;
            nodes.departures.removeIf(departure -> departure.endedMs() < untilMs);
            nodes.horizonMs = untilMs + ComingAndGoing.MARGIN_MS;
            nodes.onMembers();
            if (forgets) {
                forgetting.forget(nodes.now());
                nodes.show();
            }
        }

        List<String> read(int number) {
            return sorted(ComingAndGoing.readAll(subscriptions.get(number).reading));
        }

        /** Opens one anew, in the place of that one. */
        void reopen(int number, Opening opening, Change.Begins begins) {
            PlacesSubscription reading = nodes.open(opening, begins);
            nodes.show();
            subscriptions.set(number, new TopicSubscription(number, reading, opening));
        }

        /** Resumes that one's token, in its place. {@return whether it is told of what it misses alone} */
        boolean resume(int number) {
            CursorToken token = subscriptions.get(number).reading.token(Given.TOPIC, "c", nodes.now());
            Opening.Resume opening = new Opening.Resume(CursorToken.parse(token.toString()));
            Change.Begins begins =
                    ResumedPlaces.of(opening, nodes.producers, nodes.now()).begins();
            reopen(number, opening, begins);
            return begins.anything() == null;
        }

        /** It begins with what comes. */
        void beginAnew(int number) {
            Past past = Past.opened(nodes.producers.producers().lastEvent());
            reopen(number, new Opening.Latest(), new Change.Begins(Places.NONE, past));
        }

        /** Losses are told in the order of slots; what it wants next names slots; and all of a stream is missing from its first on. */
        private static List<String> sorted(List<String> told) {
            return told.subList(0, told.size() - 1).stream()
                    .map(one -> one.replace("firstMissing=1, missed=null", "firstMissing=null, missed=null"))
                    .sorted()
                    .toList();
        }

        /** Generations and slots that are known, and slots that were ever in use. */
        int known() {
            Producers producers = nodes.producers.producers();
            int known = producers.slots();
            for (int slot = 0; slot < producers.slots(); slot++) {
                KnownProducer producer = producers.get(slot);
                known += producer == null ? 0 : producer.generations().size();
            }
            return known;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    @DisplayName("what is forgotten is missed by no subscription, and by none that resumes; what is known has a bound")
    void missedByNobody(long seed) {
        World one = new World(true);
        World other = new World(false);
        Random chance = new Random(seed);
        Random sameChance = new Random(seed);
        one.begin(chance);
        other.begin(sameChance);
        Random decisions = new Random(seed);
        int most = 0;
        int read = 0;
        for (int i = 0; i < 3_000; i++) {
            one.happen(chance);
            other.happen(sameChance);
            int number = decisions.nextInt(4 * SUBSCRIPTIONS);
            if (number < SUBSCRIPTIONS) { // others pause meanwhile
                boolean resumes = decisions.nextInt(3) == 0;
                if (resumes && !(one.resume(number) && other.resume(number))) {
                    one.beginAnew(number); // one of the tokens was too old: they cannot be compared
                    other.beginAnew(number);
                }
                List<String> expected = other.read(number);
                assertEquals(expected, one.read(number), "at " + i);
                read += expected.size();
            }
            most = Math.max(most, one.known());
        }
        assertTrue(read > 1_000, "only " + read);
        int bound = most;
        assertTrue(2 * most < other.known(), () -> bound + " of " + other.known() + " were known at once");
    }

    // ------------------------------------------------------------------ one by one

    private final TopicProducers producers = new TopicProducers(Given.TOPIC, 1, Given.ring(10));
    private final SharedTopic topic = new SharedTopic(new TopicCache(100, 1 << 20));
    private final List<TopicSubscription> open = new ArrayList<>();
    private final Forgetting forgetting = new Forgetting(producers, topic.cache(), open, slot -> {});

    private PlacesSubscription open(Places places) {
        Opening opening = new Opening.Latest();
        PlacesSubscription reading = new PlacesSubscription(opening, Given.TOPIC, topic, Given.ring(10), 0, 1);
        reading.said(new Change.Begins(places, Past.opened(producers.producers().lastEvent())));
        open.add(new TopicSubscription(open.size(), reading, opening));
        return reading;
    }

    /** Something happened long ago, of which the history remembers nothing of the time before the horizon. */
    private void longAgo(long horizonMs, MemberEvent... events) {
        Now clock = new Now(1_000_000_000, 0);
        HistoryView history = new HistoryView(
                Given.HISTORY, horizonMs, false, false, List.of(), clock, new LastPing(), ComingAndGoing.MARGIN_MS);
        producers.onMembers(List.of(events), history, Given.NOW);
        topic.changed(producers.producers(), 0);
    }

    private boolean forgets() {
        Now later = new Now(0, 10_000_000_000_000L);
        boolean any = forgetting.forget(later);
        topic.changed(producers.producers(), 0);
        return any;
    }

    private static MemberEvent[] cameAndWent(long uid, String name, long published) {
        Epoch epoch = Epoch.of(uid, Given.TOPIC);
        return new MemberEvent[] {
            new MemberEvent.Present(uid, "127.0.0.1:" + uid),
            new MemberEvent.Named(uid, name, 0),
            new MemberEvent.Removed(uid, Map.of(epoch, published))
        };
    }

    @Test
    @DisplayName("a slot in which a subscription has a place stays its producer's, though nothing is known of that")
    void usedSlot() {
        int slot = producers.named("x");
        PlacesSubscription reading = open(Places.NONE.with(slot, ProducerPlace.UNKNOWN));
        assertFalse(forgets());
        reading.next(0);
        assertFalse(forgets());
        open.clear();
        assertTrue(forgets());
        assertNull(producers.producers().get(slot));
    }

    @Test
    @DisplayName("a slot has another producer only once each subscription that remembers it has heard that")
    void reusedSlot() {
        PlacesSubscription reading = open(Places.NONE);
        longAgo(Long.MAX_VALUE, cameAndWent(7, "a", 2));
        int slot = producers.named("a");
        assertInstanceOf(Step.Missed.class, reading.next(0));
        assertFalse(forgets(), "it reloads");
        reading.reloaded(null);
        assertTrue(forgets(), "it is behind all of it");
        assertEquals(slot + 1, producers.named("b"), "it has not heard of it");
        forgets();
        assertEquals(slot + 2, producers.named("c"), "it has not heard of it");
        reading.next(0);
        forgets();
        assertEquals(slot, producers.named("d"));
    }

    @Test
    @DisplayName(
            "what was passed by a place stays passed, though the generation of that place is forgotten before others")
    void earlierOnesStay() {
        PlacesSubscription reading = open(Places.NONE);
        longAgo(Long.MIN_VALUE, cameAndWent(7, "a", 2));
        longAgo(Long.MIN_VALUE, cameAndWent(8, "a", 0));
        assertInstanceOf(Step.Missed.class, reading.next(0));
        reading.reloaded(null);
        assertEquals(Step.IDLE, reading.next(0));
        assertTrue(forgets(), "the second published nothing");
        assertEquals(
                1, producers.producers().get(producers.named("a")).generations().size());
        assertEquals(Step.IDLE, reading.next(0));
    }

    @Test
    @DisplayName("a name that an address turned out to have stays known for as long as that address is")
    void namedByItsAddress() {
        longAgo(0, new MemberEvent.Present(7, "127.0.0.1:7"));
        int address = producers.nameless(7, "127.0.0.1:7");
        open(Places.NONE.with(address, new ProducerPlace.At(Epoch.of(7, Given.TOPIC), 0, ProducerPlace.Mark.END)));
        longAgo(Long.MAX_VALUE, new MemberEvent.Named(7, "a", 0), new MemberEvent.Removed(7, Map.of()));
        int slot = producers.named("a");
        open.get(0).reading.next(0);
        forgets();
        forgets();
        assertNotNull(producers.producers().get(slot));
        open.clear();
        forgets();
        forgets();
        assertEquals(0, known(producers.producers()));
    }

    private static int known(Producers all) {
        int known = 0;
        for (int slot = 0; slot < all.slots(); slot++) {
            known += all.get(slot) != null || all.atAddress(slot) != null ? 1 : 0;
        }
        return known;
    }
}
