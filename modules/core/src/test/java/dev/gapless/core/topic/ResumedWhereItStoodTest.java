package dev.gapless.core.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.Given;
import dev.gapless.core.HistoryView;
import dev.gapless.core.LastPing;
import dev.gapless.core.Now;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.copy.TopicCache;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.delivery.Step;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.place.KnownMember;
import dev.gapless.core.place.Part;
import dev.gapless.core.place.Places;
import dev.gapless.core.reading.Change;
import dev.gapless.core.reading.Past;
import dev.gapless.core.reading.PlacesSubscription;
import dev.gapless.core.reading.ResumedPlaces;
import dev.gapless.core.reading.SharedTopic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Nodes come, publish and go, and a subscription reads. Again and again its token is resumed where it was taken: that one is told and given what the
 * first one is.
 */
class ResumedWhereItStoodTest {
    private static final long MARGIN_MS = 60_000;
    private static final long BEGIN_MS = 1_000_000_000;
    private static final TopicSettings SETTINGS = Given.ring(1_000);

    private final TopicProducers producers = new TopicProducers(Given.TOPIC, SETTINGS);
    private final SharedTopic topic = new SharedTopic(new TopicCache(1_000, 1 << 22));
    private final List<Departure> departures = new ArrayList<>();
    /** The incarnation with that name, and how much it has published. */
    private final Map<String, Long> alive = new HashMap<>();

    private final Map<Long, Long> heads = new HashMap<>();
    private final List<Long> nameless = new ArrayList<>();
    private long nowMs;
    private long nextUid = 100;
    private int compared;

    private Now now() {
        return new Now(BEGIN_MS + nowMs, nowMs * 1_000_000);
    }

    private HistoryView history() {
        Now clock = new Now(BEGIN_MS, 0);
        return new HistoryView(Given.HISTORY, 0, false, false, departures, clock, new LastPing(), MARGIN_MS);
    }

    private void onMembers(MemberEvent... events) {
        producers.onMembers(List.of(events), history(), now());
        show();
    }

    private void show() {
        topic.changed(producers.producers(), now().ms());
    }

    // ------------------------------------------------------------------ what happens

    private void happen(Random random) {
        String name = List.of("a", "b", "c").get(random.nextInt(3));
        Long uid = alive.get(name);
        switch (random.nextInt(9)) {
            case 0 -> come(name, uid);
            case 1 -> go(name, uid, random.nextBoolean());
            case 2, 3 -> answer(name, uid);
            case 4, 5 -> publish(name, uid, 1 + random.nextInt(3));
            case 6 -> comeOrGoWithoutAName();
            case 7 -> nowMs += random.nextInt(3) == 0 ? random.nextInt(300_000) : random.nextInt(3_000);
            default -> giveUp();
        }
    }

    private void come(String name, Long uid) {
        if (uid == null) {
            long its = nextUid++;
            alive.put(name, its);
            heads.put(its, 0L);
            onMembers(
                    new MemberEvent.Present(its, "127.0.0.1:" + its),
                    new MemberEvent.Named(its, name, BEGIN_MS + nowMs));
        }
    }

    private void go(String name, Long uid, boolean inGoodOrder) {
        if (uid != null) {
            alive.remove(name);
            Map<Epoch, Long> published = inGoodOrder ? Map.of(epoch(uid), heads.get(uid)) : null;
            departures.add(new Departure(uid, name, BEGIN_MS + nowMs, published));
            onMembers(new MemberEvent.Removed(uid, published));
        }
    }

    private void answer(String name, Long uid) {
        if (uid != null) {
            long head = heads.get(uid);
            List<Part> parts = List.of(new Part(epoch(uid), uid, 0));
            producers.answered(producers.named(name), parts, false, new Given.Copied(head, head, 1));
            show();
        }
    }

    private void publish(String name, Long uid, int messages) {
        if (uid != null) {
            long head = heads.get(uid);
            heads.put(uid, head + messages);
            topic.cache()
                    .push(epoch(uid), head + 1, Given.slices(head + 1, head + messages), (epoch, sequence) -> true, 0);
            answer(name, uid);
        }
    }

    private void comeOrGoWithoutAName() {
        if (nameless.isEmpty()) {
            long its = nextUid++;
            nameless.add(its);
            onMembers(new MemberEvent.Present(its, "127.0.0.1:" + its));
        } else {
            long its = nameless.remove(0);
            departures.add(new Departure(its, "127.0.0.1:" + its, BEGIN_MS + nowMs, null));
            onMembers(new MemberEvent.Removed(its));
        }
    }

    private void giveUp() {
        producers.onTime(now());
        show();
    }

    private static Epoch epoch(long uid) {
        return Epoch.of(uid, Given.TOPIC);
    }

    // ------------------------------------------------------------------ what it comes to

    private PlacesSubscription open(Opening opening, Change.Begins begins) {
        PlacesSubscription subscription = new PlacesSubscription(opening, Given.TOPIC, topic, SETTINGS, 0, 1);
        subscription.said(begins);
        return subscription;
    }

    private static List<String> readAll(PlacesSubscription subscription) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            Step step = subscription.next(0);
            if (step instanceof Step.Messages messages) {
                messages.run()
                        .messages()
                        .forEach(message -> all.add(message.position().toString()));
                subscription.handled(messages.run().size());
            } else if (step instanceof Step.Missed missed) {
                missed.gaps().forEach(gap -> all.add(gap.toString()));
                subscription.reloaded(null);
            } else if (step instanceof Step.Left left) {
                all.add(left.toString());
            } else {
                all.add(subscription.wants().toString());
                return all;
            }
        }
        throw new AssertionError("It goes round and round: " + all);
    }

    private static boolean isOfAnAddress(String told) {
        return told.startsWith("Gap[node=127.0.0.1:");
    }

    private void compare(PlacesSubscription subscription) {
        CursorToken token = subscription.token(Given.TOPIC, "c", now());
        assertEquals(Given.HISTORY, token.historyId());
        Opening.Resume opening = new Opening.Resume(CursorToken.parse(token.toString()));
        ResumedPlaces resumed = ResumedPlaces.of(opening, producers, now());
        show();
        assertNull(resumed.begins().anything());
        List<String> expected = readAll(subscription);
        List<String> actual = readAll(open(opening, resumed.begins()));
        actual.removeIf(one -> isOfAnAddress(one) && !expected.contains(one)); // tokens list none that was over before
        assertEquals(expected, actual, () -> token.entries() + " at " + (token.timeMs() - BEGIN_MS) + " of " + nowMs);
        compared += expected.size();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    @DisplayName("ruleT2: who resumes a token where it was taken goes on as its subscription would have")
    void goesOnAlike(long seed) {
        Random random = new Random(seed);
        alive.put("home", 1L);
        heads.put(1L, 0L);
        onMembers(new MemberEvent.Present(1, "127.0.0.1:1"), new MemberEvent.Named(1, "home", BEGIN_MS));
        answer("home", 1L);
        for (int i = 0; i < random.nextInt(40); i++) {
            happen(random);
        }
        nowMs += 2 * MARGIN_MS;
        for (KnownMember member : producers.members()) {
            if (member.name() != null) {
                answer(member.name(), member.uid());
            }
        }
        Past past = Past.opened(producers.producers().lastEvent());
        PlacesSubscription subscription = open(new Opening.Latest(), new Change.Begins(Places.NONE, past));
        readAll(subscription);
        for (int i = 0; i < 300; i++) {
            happen(random);
            if (random.nextInt(4) == 0) {
                compare(subscription);
            }
        }
        assertTrue(compared > 100, () -> "This compares nothing: " + compared);
    }
}
