package dev.gapless.core.topic;

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
import dev.gapless.core.reading.Change;
import dev.gapless.core.reading.PlacesSubscription;
import dev.gapless.core.reading.SharedTopic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Nodes come, publish and go, by chance, and subscriptions of one topic read. The same chance makes the same of two of them. */
final class ComingAndGoing {
    static final long MARGIN_MS = 60_000;
    static final long BEGIN_MS = 1_000_000_000;
    private static final TopicSettings SETTINGS = Given.ring(1_000);

    final TopicProducers producers = new TopicProducers(Given.TOPIC, 1, SETTINGS);
    final SharedTopic topic = new SharedTopic(new TopicCache(1_000, 1 << 22));
    final List<Departure> departures = new ArrayList<>();
    /** The incarnation with that name, and how much it has published. */
    private final Map<String, Long> alive = new HashMap<>();

    private final Map<Long, Long> heads = new HashMap<>();
    private final List<Long> nameless = new ArrayList<>();
    long nowMs;
    /** The history remembers nothing of the time before. */
    long horizonMs;

    private long nextUid = 100;

    Now now() {
        return new Now(BEGIN_MS + nowMs, nowMs * 1_000_000);
    }

    private HistoryView history() {
        Now clock = new Now(BEGIN_MS, 0);
        return new HistoryView(Given.HISTORY, horizonMs, false, false, departures, clock, new LastPing(), MARGIN_MS);
    }

    void onMembers(MemberEvent... events) {
        producers.onMembers(List.of(events), history(), now());
        show();
    }

    void show() {
        topic.changed(producers.producers(), now().ms());
    }

    // ------------------------------------------------------------------ what happens

    /** This node is there. */
    void begin() {
        alive.put("home", 1L);
        heads.put(1L, 0L);
        onMembers(new MemberEvent.Present(1, "127.0.0.1:1"), new MemberEvent.Named(1, "home", BEGIN_MS));
        answer("home", 1L);
    }

    /** All members that have said their names answer. */
    void allAnswer() {
        for (KnownMember member : producers.members()) {
            if (member.name() != null) {
                answer(member.name(), member.uid());
            }
        }
    }

    void happen(Random random) {
        String name = name(random);
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

    /** One of three that come again and again, or another one, which does not. */
    private String name(Random random) {
        String other = "m" + nextUid;
        List<String> others = alive.keySet().stream()
                .filter(one -> one.startsWith("m"))
                .sorted()
                .toList();
        int number = random.nextInt(5);
        return number < 3 ? List.of("a", "b", "c").get(number) : others.isEmpty() ? other : others.get(0);
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

    void answer(String name, Long uid) {
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

    PlacesSubscription open(Opening opening, Change.Begins begins) {
        PlacesSubscription subscription = new PlacesSubscription(opening, Given.TOPIC, topic, SETTINGS, 0, 1);
        subscription.said(begins);
        return subscription;
    }

    static List<String> readAll(PlacesSubscription subscription) {
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
}
