package dev.gapless.core.consumer;

import static dev.gapless.core.Given.LOG;
import static dev.gapless.core.Given.NOW;
import static dev.gapless.core.Given.SECOND;
import static dev.gapless.core.Given.TOPIC;
import static dev.gapless.core.Given.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.Given;
import dev.gapless.core.HistoryView;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Now;
import dev.gapless.core.Overflow;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.ResumeAfterExpiry;
import dev.gapless.core.Session;
import dev.gapless.core.Start;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.MemberView;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.feed.FeedMessage;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.subscription.Opening;
import dev.gapless.core.subscription.Step;
import dev.gapless.core.subscription.SubscriptionState;
import dev.gapless.core.wire.Ack;
import dev.gapless.core.wire.Batch;
import dev.gapless.core.wire.Deregister;
import dev.gapless.core.wire.Gone;
import dev.gapless.core.wire.Heartbeat;
import dev.gapless.core.wire.Packet;
import dev.gapless.core.wire.Register;
import dev.gapless.core.wire.Registered;
import dev.gapless.core.wire.ToProducer;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TopicConsumerTest implements Outbox.Carrier {
    private static final long PRODUCER = 1;
    private static final List<MemberEvent> MEMBERS =
            List.of(new MemberEvent.Present(PRODUCER, "host:1"), new MemberEvent.Named(PRODUCER, "p"));
    private static final Map<String, Position> AT_THE_START = Map.of("p", new Position(Given.EPOCH, 0));

    private final List<ToProducer> sent = new ArrayList<>();
    private final Map<Long, Set<String>> ready = new LinkedHashMap<>();
    private Set<String> unresolvedWhenReady = Set.of();
    private final List<Reason> missedByReaders = new ArrayList<>();
    private final List<Long> arrived = new ArrayList<>(); // null for all
    private TopicConsumer consumer = consumer(Given.ring(8));
    private long sessions;

    private TopicConsumer consumer(TopicSettings settings) {
        return new TopicConsumer(
                TOPIC, 20, settings, new Asking(() -> ++sessions, new SplittableRandom(1)), Given.outbox(this));
    }

    @Override
    public void send(long toUid, Packet packet) {
        sent.add(assertInstanceOf(ToProducer.class, packet));
    }

    @Override
    public void carryOut(Effect effect) {
        if (effect instanceof Effect.Arrived one) {
            arrived.add(one.subscription());
        } else if (effect instanceof Effect.Ready one) {
            ready.put(one.subscription(), one.late());
            unresolvedWhenReady = consumer.feed().known().mustBeListed();
        } else if (effect instanceof Effect.Missed missed && missed.reader() != 0) {
            missedByReaders.add(missed.reason());
        }
    }

    private Register registerOf(long reader) {
        Register found = null;
        for (ToProducer message : sent) {
            if (message instanceof Register register && register.reader() == reader) {
                found = register;
            }
        }
        return found;
    }

    private void registered(long reader, long next, long head) {
        registered(reader, next, head, NOW);
    }

    private void registered(long reader, long next, long head, Now now) {
        consumer.onMessage(new Registered(TOPIC, reader, registerOf(reader).session(), LOG, next, 1, head, 0), now);
    }

    private void batch(long reader, long first, long last) {
        batch(reader, first, last, last);
    }

    private void batch(long reader, long first, long last, long head) {
        consumer.onMessage(
                new Batch(TOPIC, reader, registerOf(reader).session(), first, head, true, slices(first, last)), NOW);
    }

    @Test
    @DisplayName("ruleS5: what comes for a catch-up reader concerns its subscription alone")
    void onlyItsOwnIsWoken() {
        consumer.begin(Given.members(MEMBERS), NOW);
        consumer.open(1, resume(0), NOW);
        consumer.open(2, resume(0), NOW);
        registered(1, 1, 2);
        arrived.clear();
        batch(1, 1, 2);
        assertEquals(List.of(1L), arrived);
        registered(0, 3, 2);
        assertNull(arrived.get(1), "the shared feed is everybody's");
        consumer.close(1);
        arrived.clear();
        batch(1, 3, 3);
        assertTrue(arrived.isEmpty(), "there is no such reader any more");
    }

    @Test
    @DisplayName("ruleC10, ruleS5: who resumes waits for no member that its token lists, but joins nobody who does")
    void whoseTokenListsAllIsReady() {
        consumer.begin(Given.members(MEMBERS), NOW);
        SubscriptionState latest = consumer.open(1, new Opening.Latest(), NOW);
        SubscriptionState resumed = consumer.open(2, resume(0), NOW);
        assertEquals(Map.of(2L, Set.of()), ready);
        registered(1, 1, 2);
        batch(1, 1, 2);
        assertInstanceOf(Step.Messages.class, resumed.next(0));
        resumed.handled(2);
        assertSame(Step.IDLE, resumed.next(0));
        assertTrue(resumed.isCatchingUp());
        registered(0, 3, 2);
        assertInstanceOf(Step.Joined.class, resumed.next(0));
        assertEquals(Set.of(1L, 2L), ready.keySet());
        assertSame(Step.IDLE, latest.next(0));
    }

    @Test
    @DisplayName("ruleC4: of many readers each asks again in time")
    void manyReadersAskAgain() {
        consumer.begin(Given.members(MEMBERS), NOW);
        for (long id = 1; id <= 10; id++) {
            consumer.open(id, resume(0), NOW);
        }
        registered(0, 1, 0);
        for (long reader = 1; reader <= 10; reader++) {
            if (reader != 7) {
                registered(reader, 1, 0);
            }
        }
        sent.clear();
        long dueNs = consumer.deadlineNs(NOW.ns());
        for (int i = 0; i < 50 && sent.isEmpty(); i++) { // early it does no harm
            consumer.onTime(new Now(0, dueNs));
            dueNs = consumer.deadlineNs(dueNs);
        }
        assertEquals(1, sent.size());
        assertEquals(7, assertInstanceOf(Register.class, sent.get(0)).reader());
        assertEquals(1, consumer.registeredAgain());
    }

    private static Opening resume(long sequence) {
        Map<String, Position> positions = Map.of("p", new Position(Given.EPOCH, sequence));
        return new Opening.Resume(new CursorToken(TOPIC, "c", 0, positions));
    }

    @Test
    @DisplayName("ruleC10, G4: ready once every member has given a position")
    void readyWhenAllHaveAnswered() {
        consumer.open(1, new Opening.Latest(), NOW);
        assertTrue(ready.isEmpty());
        consumer.begin(Given.members(MEMBERS), NOW);
        assertTrue(ready.isEmpty());
        registered(0, 1, 0);
        assertEquals(Map.of(1L, Set.of()), ready);
        consumer.open(2, new Opening.Latest(), NOW);
        assertEquals(Set.of(1L, 2L), ready.keySet(), "at once");
    }

    @Test
    @DisplayName("ruleC10: ready when those that have not answered are removed")
    void readyWhenTheSilentOneIsRemoved() {
        consumer.open(1, new Opening.Latest(), NOW);
        consumer.begin(Given.members(MEMBERS), NOW);
        consumer.onMembers(List.of(new MemberEvent.Removed(PRODUCER)), Given.members(List.of()), NOW);
        assertEquals(Map.of(1L, Set.of()), ready);
    }

    @Test
    @DisplayName("ruleC10, T1: the end of a life and its successor are both heard of before anybody is told")
    void readyOnceAllIsHeard() {
        consumer.open(1, new Opening.Latest(), NOW);
        consumer.begin(Given.members(MEMBERS), NOW);
        MemberEvent successor = new MemberEvent.Present(2, "host:1");
        consumer.onMembers(
                List.of(new MemberEvent.Removed(PRODUCER), successor), Given.members(List.of(successor)), NOW);
        assertEquals(Map.of(1L, Set.of()), ready);
        assertEquals(Set.of("host:1"), unresolvedWhenReady, "a token of that moment names the successor");
    }

    @Test
    @DisplayName("ruleC10: ready without those that are silent for too long, which it names")
    void readyWithoutTheSilent() {
        consumer.open(1, new Opening.Latest(), NOW);
        consumer.begin(Given.members(MEMBERS), NOW);
        consumer.onTime(new Now(0, 5 * SECOND - 1));
        assertTrue(ready.isEmpty());
        assertTrue(consumer.deadlineNs(5 * SECOND - 1) <= 5 * SECOND);
        consumer.onTime(new Now(0, 5 * SECOND));
        assertEquals(Map.of(1L, Set.of("p")), ready);
    }

    @Test
    @DisplayName(
            "ruleS6: whoever begins with the oldest asks the producers, and so does the next one; the shared feed begins at the latest")
    void theOldestIsThatOfTheRings() {
        consumer.open(1, new Opening.Earliest(), NOW);
        consumer.begin(Given.members(MEMBERS), NOW);
        assertEquals(Start.LATEST, registerOf(0).start());
        assertEquals(Start.EARLIEST, registerOf(1).start());
        registered(0, 6, 5);
        registered(1, 2, 5);
        assertEquals(Set.of(1L), ready.keySet());
        SubscriptionState second = consumer.open(2, new Opening.Earliest(), NOW);
        assertEquals(Start.EARLIEST, registerOf(2).start());
        registered(2, 2, 5);
        batch(2, 2, 5);
        Step.Messages given = assertInstanceOf(Step.Messages.class, second.next(0));
        assertEquals(2, given.run().messages().get(0).sequence());
    }

    @Test
    @DisplayName("rowP1: every subscription of the node is given each message, once")
    void everySubscriptionIsGivenEachMessage() {
        SubscriptionState one = consumer.open(1, new Opening.Latest(), NOW);
        SubscriptionState other = consumer.open(2, new Opening.Latest(), NOW);
        consumer.begin(Given.members(MEMBERS), NOW);
        registered(0, 1, 0);
        batch(0, 1, 3);
        for (SubscriptionState each : List.of(one, other)) {
            Step.Messages given = assertInstanceOf(Step.Messages.class, each.next(0));
            assertEquals(3, given.run().messages().size());
            given.run().handled(3);
            assertSame(Step.IDLE, each.next(0));
        }
    }

    @Test
    @DisplayName("ruleS5: who resumes reads a feed of its own, joins, and its reader is taken off")
    void resumes() {
        consumer.open(1, new Opening.Latest(), NOW);
        consumer.begin(Given.members(MEMBERS), NOW);
        registered(0, 6, 5);
        SubscriptionState resumed = consumer.open(2, resume(2), NOW);
        assertEquals(
                new Start.After(new Position(Given.EPOCH, 2)), registerOf(1).start());
        assertTrue(ready.containsKey(2L), "who resumes builds on what it has");
        registered(1, 3, 5);
        batch(1, 3, 5);
        Step.Messages given = assertInstanceOf(Step.Messages.class, resumed.next(0));
        given.run().handled(3);
        assertSame(Step.JOINED, resumed.next(0));
        consumer.onJoined(2);
        assertEquals(new Deregister(TOPIC, 1, registerOf(1).session()), sent.get(sent.size() - 1));
        batch(0, 6, 7);
        assertEquals(
                2,
                assertInstanceOf(Step.Messages.class, resumed.next(0))
                        .run()
                        .messages()
                        .size());
    }

    @Test
    @DisplayName("a reader that is gone is taken off once its producer asks about it")
    void deregistersStrangers() {
        consumer.open(1, new Opening.Latest(), NOW);
        consumer.begin(Given.members(MEMBERS), NOW);
        Heartbeat heartbeat = new Heartbeat(TOPIC, 9, registerOf(0).session(), PRODUCER, 1, 1);
        consumer.onMessage(heartbeat, NOW);
        assertEquals(new Deregister(TOPIC, 9, heartbeat.session()), sent.get(sent.size() - 1));
    }

    @Test
    @DisplayName("backpressure: window is granted as the slowest subscription frees the feed")
    void grantsWhatIsFreed() {
        SubscriptionState slow = thatFillsItsFeed();
        assertTrue(slow.isPressed());
        Step.Messages given = assertInstanceOf(Step.Messages.class, slow.next(0));
        given.run().handled(given.run().messages().size());
        slow.next(0);
        consumer.onRoom();
        assertTrue(windowOfLastAck() > 0);
    }

    @Test
    @DisplayName(
            "ruleS6: of a backlog that is larger than the feed nothing is told as missed, as long as the subscription reads")
    void aBacklogLargerThanTheFeed() {
        SubscriptionState reads = thatIsBehind();
        assertEquals(0, windowOfLastAck());
        for (long first = 9; first <= 24; first += 8) {
            Step.Messages given = assertInstanceOf(Step.Messages.class, reads.next(0));
            given.run().handled(given.run().messages().size());
            assertEquals(Step.IDLE, reads.next(0));
            assertTrue(reads.isPressed());
            consumer.onRoom();
            assertTrue(windowOfLastAck() > 0);
            batch(0, first, first + 7, 24);
        }
        assertInstanceOf(Step.Messages.class, reads.next(0));
    }

    @Test
    @DisplayName("ruleS6, G5: whoever does not read holds up a feed that is behind for a second")
    void whoDoesNotReadHoldsUpForASecond() {
        SubscriptionState stuck = thatIsBehind();
        long nowNs = NOW.ns();
        assertEquals(nowNs + SECOND, consumer.deadlineNs(nowNs));
        consumer.onTime(new Now(NOW.ms(), nowNs + SECOND));
        assertTrue(windowOfLastAck() > 0);
        batch(0, 9, 16, 24);
        assertEquals(Step.IDLE, stuck.next(0));
        assertTrue(stuck.isBehind(), "alone");
    }

    @Test
    @DisplayName(
            "ruleS6: those that the shared feed has overtaken read on through one reader, from the least of their positions, and join")
    void theOvertakenShareAReader() {
        SubscriptionState one = consumer.open(1, new Opening.Latest(), NOW);
        SubscriptionState other = consumer.open(2, new Opening.Latest(), NOW);
        consumer.begin(Given.members(MEMBERS), NOW);
        registered(0, 1, 0);
        batch(0, 1, 2);
        assertInstanceOf(Step.Messages.class, one.next(0)).run().handled(1);
        assertInstanceOf(Step.Messages.class, other.next(0)).run().handled(2);
        batch(0, 3, 12);
        assertEquals(Step.IDLE, other.next(0));
        assertTrue(other.isPressed());
        consumer.onRoom(NOW);
        assertEquals(
                new Start.After(new Position(Given.EPOCH, 1)), registerOf(1).start());
        registered(1, 2, 12);
        assertTrue(other.hasNext());
        batch(1, 2, 4, 12);
        one.handled(2);
        assertEquals(Step.IDLE, one.next(0));
        consumer.onRoom(NOW);
        batch(1, 5, 12);
        for (SubscriptionState each : List.of(one, other)) {
            Step.Messages given = assertInstanceOf(Step.Messages.class, each.next(0));
            assertEquals(3, given.run().messages().get(0).sequence());
            given.run().handled(given.run().messages().size());
            assertSame(Step.JOINED, each.next(0));
        }
        consumer.onJoined(1);
        assertInstanceOf(Ack.class, sent.get(sent.size() - 1), "the other one is still there");
        consumer.onJoined(2);
        assertEquals(new Deregister(TOPIC, 1, registerOf(1).session()), sent.get(sent.size() - 1));
    }

    @Test
    @DisplayName(
            "ruleS6, G5: a thousand that were overtaken cost their producer what two cost it: one more reader, and no more messages")
    void aThousandOvertakenCostWhatTwoCost() {
        assertEquals(sentForOvertaken(2), sentForOvertaken(1_000));
    }

    /** So many are overtaken, and catch up. {@return what the producer is sent for that} */
    private List<Class<?>> sentForOvertaken(int number) {
        consumer = consumer(Given.ring(8));
        sent.clear();
        List<SubscriptionState> all = new ArrayList<>();
        for (int id = 1; id <= number; id++) {
            all.add(consumer.open(id, new Opening.Latest(), NOW));
        }
        consumer.begin(Given.members(MEMBERS), NOW);
        registered(0, 1, 0);
        batch(0, 1, 20);
        all.forEach(each -> assertEquals(Step.IDLE, each.next(0), "overtaken"));
        consumer.onRoom(NOW);
        registered(1, 1, 20);
        for (int[] part : new int[][] {{1, 8}, {9, 16}}) {
            batch(1, part[0], part[1], 20);
            for (SubscriptionState each : all) {
                Step.Messages given = assertInstanceOf(Step.Messages.class, each.next(0));
                assertEquals(part[0], given.run().messages().get(0).sequence());
                given.run().handled(given.run().messages().size());
            }
            all.forEach(each -> assertSame(part[1] == 16 ? Step.JOINED : Step.IDLE, each.next(0)));
            consumer.onRoom(NOW);
        }
        for (int id = 1; id <= number; id++) {
            consumer.onJoined(id);
        }
        assertEquals(2, sent.stream().filter(Register.class::isInstance).count());
        assertInstanceOf(Deregister.class, sent.get(sent.size() - 1));
        return sent.stream().<Class<?>>map(Object::getClass).toList();
    }

    @Test
    @DisplayName(
            "ruleS6, G5: of those that share the second reader one that stands still holds up the others for a second")
    void theOvertakenHoldUpNobodyForLong() {
        SubscriptionState stuck = consumer.open(1, new Opening.Latest(), NOW);
        SubscriptionState reads = consumer.open(2, new Opening.Latest(), NOW);
        consumer.begin(Given.members(MEMBERS), NOW);
        registered(0, 1, 0);
        batch(0, 1, 20);
        stuck.next(0);
        reads.next(0);
        consumer.onRoom(NOW);
        registered(1, 1, 20);
        batch(1, 1, 8, 20);
        assertEquals(0, windowOfLastAck());
        Step.Messages given = assertInstanceOf(Step.Messages.class, reads.next(0));
        given.run().handled(8);
        assertEquals(Step.IDLE, reads.next(0));
        for (long second = 1; second <= 3; second++) {
            consumer.onTime(new Now(0, second * SECOND));
        }
        assertTrue(windowOfLastAck() > 0);
        batch(1, 9, 20);
        assertInstanceOf(Step.Messages.class, reads.next(3 * SECOND)).run().handled(8);
        assertInstanceOf(Step.Missed.class, stuck.next(3 * SECOND), "alone");
        assertSame(Step.JOINED, reads.next(3 * SECOND));
    }

    @Test
    @DisplayName("ruleS6: whoever is closed while it asks where to read on leaves no reader behind")
    void closesWhileItAsks() {
        SubscriptionState stuck = thatIsBehind();
        consumer.open(2, new Opening.Latest(), NOW);
        consumer.onTime(new Now(0, SECOND));
        batch(0, 9, 20, 24);
        assertEquals(Step.IDLE, stuck.next(0));
        consumer.onRoom(new Now(0, SECOND));
        assertEquals(Start.After.class, registerOf(1).start().getClass());
        consumer.close(1);
        assertEquals(new Deregister(TOPIC, 1, registerOf(1).session()), sent.get(sent.size() - 1));
    }

    /** Subscription 1, which has read nothing of a feed that is full, while its producer has more. */
    private SubscriptionState thatIsBehind() {
        SubscriptionState slow = consumer.open(1, new Opening.Latest(), NOW);
        consumer.begin(Given.members(MEMBERS), NOW);
        registered(0, 1, 0);
        batch(0, 1, 4, 24);
        batch(0, 5, 8, 24);
        return slow;
    }

    @Test
    @DisplayName("backpressure: what a subscription left unread when it was closed holds nobody up")
    void grantsWhatTheClosedOneHeld() {
        thatFillsItsFeed();
        consumer.close(1);
        consumer.onRoom();
        assertTrue(windowOfLastAck() > 0);
    }

    /** Subscription 1, which has read nothing of a feed that is full. */
    private SubscriptionState thatFillsItsFeed() {
        consumer = consumer(Given.settings(8, Overflow.BACKPRESSURE, ResumeAfterExpiry.HEAD));
        SubscriptionState slow = consumer.open(1, new Opening.Latest(), NOW);
        consumer.begin(Given.members(MEMBERS), NOW);
        registered(0, 1, 0);
        batch(0, 1, 4);
        batch(0, 5, 8);
        assertEquals(0, windowOfLastAck());
        return slow;
    }

    private long windowOfLastAck() {
        return assertInstanceOf(Ack.class, sent.get(sent.size() - 1)).windowBytes();
    }

    @Test
    @DisplayName("rowP8: without subscriptions nothing is left behind")
    void closes() {
        consumer.open(1, new Opening.Latest(), NOW);
        consumer.open(2, resume(2), NOW);
        consumer.begin(Given.members(MEMBERS), NOW);
        sent.removeIf(message -> !(message instanceof Register));
        int registers = sent.size();
        consumer.close();
        assertTrue(consumer.isIdle());
        assertEquals(2, registers);
        assertEquals(2, sent.size() - registers);
    }

    @Test
    @DisplayName(
            "rowP8, ruleF3: over years of nodes that come and go, each under a name of its own, nothing of them is kept")
    void forgetsNamesOfThoseLongGone() {
        SubscriptionState subscription = consumer.open(1, new Opening.Latest(), NOW);
        consumer.begin(Given.members(MEMBERS), NOW);
        registered(0, 1, 0);
        for (long uid = 1_000; uid < 11_000; uid++) {
            String node = "pod-" + uid;
            MemberEvent present = new MemberEvent.Present(uid, "host:" + uid);
            consumer.onMembers(List.of(present), Given.members(List.of(present)), NOW);
            MemberEvent named = new MemberEvent.Named(uid, node);
            consumer.onMembers(List.of(named), Given.members(List.of(named)), NOW);
            LogIdentity log = LogIdentity.fresh(new Epoch(uid), 0);
            Session session = registerOf(0).session();
            consumer.onMessage(new Registered(TOPIC, 0, session, log, 1, 1, 0, 0), NOW);
            consumer.onMessage(new Batch(TOPIC, 0, session, 1, 2, true, slices(1, 2)), NOW);
            consumer.onMessage(new Gone(TOPIC, 0, session, 2), NOW);
            readAll(subscription, node, uid % 3 != 0);
            consumer.onMembers(List.of(new MemberEvent.Removed(uid)), Given.members(List.of()), NOW);
            sent.clear();
        }
        int most = 8; // as many as the ring has entries
        assertTrue(
                consumer.feed().known().newest().size() <= most,
                consumer.feed().known().newest().toString());
        assertTrue(consumer.feed().known().origins().size() <= most);
        assertTrue(consumer.feed().tails().positions().size() <= most);
        assertTrue(consumer.feed().overtaken().bases().positions().size() <= most);
        assertTrue(subscription.positions().positions().size() <= most);
        assertTrue(consumer.names() <= most + 1, "names of " + consumer.names());
    }

    @Test
    @DisplayName(
            "ruleF3: what a subscription catches up with is known until it has come to its end, whatever the shared feed has (seed 910395529)")
    void knowsWhatSomebodyCatchesUpWith() {
        consumer.begin(Given.members(MEMBERS), NOW);
        consumer.open(1, resume(2), NOW);
        registered(1, 3, 5);
        batch(1, 3, 5);
        consumer.onMembers(List.of(new MemberEvent.Removed(PRODUCER)), Given.members(List.of()), NOW);
        consumer.onTime(new Now(0, 60 * SECOND)); // it is waited for in vain
        assertEquals(List.of(Reason.PRODUCER_LOST), missedByReaders);
        consumer.onMembers(List.of(), Given.members(List.of()), NOW);
        assertEquals(1, consumer.names());
        consumer.close(1);
        consumer.onMembers(List.of(), Given.members(List.of()), NOW);
        assertEquals(0, consumer.names());
    }

    /** All that came of this node; or only some of it, so that the feed goes past the rest. */
    private static void readAll(SubscriptionState subscription, String node, boolean all) {
        long last = 0;
        for (int steps = 0; steps < (all ? 20 : 1); steps++) {
            Step step = subscription.next(0);
            if (step instanceof Step.Messages messages) {
                for (FeedMessage message : messages.run().messages()) {
                    last = message.era().node().equals(node) ? message.sequence() : last;
                }
                messages.run().handled(messages.run().messages().size());
            } else if (step instanceof Step.Missed) {
                subscription.reloaded(null);
            }
        }
        assertEquals(all ? 2 : last, last);
    }

    @Test
    @DisplayName(
            "ruleS5: whoever comes back with a token that the shared feed can place is there at once, and asks no producer for anything")
    void manyComeBackAtOnce() {
        consumer.begin(Given.members(MEMBERS), NOW);
        registered(0, 1, 0);
        batch(0, 1, 4);
        sent.clear();
        for (long id = 1; id <= 2_000; id++) {
            SubscriptionState back = consumer.open(id, resume(2), NOW);
            assertEquals(
                    3,
                    assertInstanceOf(Step.Messages.class, back.next(0))
                            .run()
                            .messages()
                            .get(0)
                            .sequence());
        }
        assertEquals(List.of(), sent);
        assertEquals(2_000, ready.size());
    }

    @Test
    @DisplayName(
            "ruleS5: the shared feed cannot place a token that lacks what it has dropped, leaves a producer out, or is of another log")
    void asksTheProducersOtherwise() {
        consumer.begin(Given.members(MEMBERS), NOW);
        registered(0, 1, 0);
        batch(0, 1, 10);
        List<Map<String, Position>> tokens = List.of(
                Map.of("p", new Position(Given.EPOCH, 1)),
                Map.of(),
                Map.of("p", new Position(Given.EPOCH, 9), "q", new Position(Given.EPOCH, 9)),
                Map.of("p", new Position(new Epoch(99), 9)));
        for (int i = 0; i < tokens.size(); i++) {
            sent.clear();
            consumer.open(10 + i, new Opening.Resume(new CursorToken(TOPIC, "c", 0, tokens.get(i))), NOW);
            assertInstanceOf(Register.class, sent.get(0), "token " + tokens.get(i));
        }
        sent.clear();
        consumer.onSilent(PRODUCER, 0); // the shared reader asks anew, and has a position all the same
        sent.clear();
        consumer.open(20, resume(9), NOW);
        assertEquals(List.of(), sent);
    }

    @Test
    @DisplayName(
            "ruleS5, T2: if somebody ended whom the token does not know of, its subscription is told by a reader of its own")
    void asksIfSomebodyEnded() {
        Departure gone = new Departure(77, "q", 1_000, null);
        HistoryView history = new HistoryView(5L, 0L, false, false, List.of(gone), new Now(2_000, 0), 60);
        consumer.begin(new MemberView(Set.of(PRODUCER), MEMBERS, true, history), NOW);
        registered(0, 1, 0);
        sent.clear();
        consumer.open(1, resume(1_060, Set.of()), NOW);
        assertEquals(List.of(), sent, "it ended a margin before the token was taken");
        consumer.open(2, resume(1_059, Set.of(77L)), NOW);
        assertEquals(List.of(), sent, "the token names it");
        consumer.open(3, resume(1_059, Set.of()), NOW);
        assertInstanceOf(Register.class, sent.get(0));
        sent.clear();
        consumer.open(4, resume(2_000, AT_THE_START, new CursorToken.Seen(6, Map.of(), Set.of(77L))), NOW);
        assertInstanceOf(Register.class, sent.get(0), "a token of another history");
    }

    private static Opening resume(long timeMs, Set<Long> ended) {
        return resume(timeMs, AT_THE_START, new CursorToken.Seen(5, Map.of("p", PRODUCER), ended));
    }

    private static Opening resume(long timeMs, Map<String, Position> positions, CursorToken.Seen seen) {
        return new Opening.Resume(new CursorToken(TOPIC, "c", timeMs, positions, seen));
    }

    @Test
    @DisplayName(
            "ruleS5, T2: with a token that says that a member was told as lost, the member is asked; without it nobody is")
    void asksWhoWasToldAsLost() {
        consumer.begin(Given.members(MEMBERS), NOW);
        registered(0, 1, 0);
        sent.clear();
        Position position = AT_THE_START.get("p");
        consumer.open(1, toldAsLost(AT_THE_START, new CursorToken.Lost("q", 77, position)), NOW);
        assertEquals(List.of(), sent);
        consumer.open(2, toldAsLost(Map.of(), new CursorToken.Lost("p", PRODUCER, position)), NOW);
        Register asked = assertInstanceOf(Register.class, sent.get(0));
        assertEquals(new Start.After(position), asked.start());
    }

    private static Opening toldAsLost(Map<String, Position> positions, CursorToken.Lost lost) {
        return resume(2_000, positions, new CursorToken.Seen(Given.HISTORY, Map.of(), Set.of(), List.of(lost)));
    }

    @Test
    void theRegistrationsOfReadersThatAreGoneStayCounted() {
        consumer.begin(Given.members(MEMBERS), NOW);
        registered(0, 1, 0);
        consumer.open(1, new Opening.Earliest(), NOW);
        consumer.onSilent(PRODUCER, 0);
        assertEquals(2, consumer.registeredAgain());
        consumer.close(1);
        assertEquals(2, consumer.registeredAgain());
    }

    @Test
    void whatOpeningTakesDoesNotDependOnHowManySubscriptionsThereAre() {
        allocatedByOpening(2_000); // classes are loaded, code is compiled
        long some = allocatedByOpening(1_000);
        long many = allocatedByOpening(8_000);
        assertTrue(many < 16 * some, "1,000 took " + some + " bytes, 8,000 took " + many);
    }

    /** Opens subscriptions while a member has not answered, and returns how many bytes that allocated. */
    private long allocatedByOpening(int subscriptions) {
        consumer = consumer(Given.ring(8));
        consumer.begin(Given.members(MEMBERS), NOW);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int id = 1; id <= subscriptions; id++) {
            consumer.open(id, new Opening.Latest(), new Now(0, id));
            assertTrue(consumer.deadlineNs(id) <= 1 + 5 * SECOND);
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private void member(MemberEvent event, List<MemberEvent> snapshot, long nowNs) {
        consumer.onMembers(List.of(event), Given.members(snapshot), new Now(0, nowNs));
    }

    private List<Register> registersOf(long reader) {
        return sent.stream()
                .filter(message -> message instanceof Register register && register.reader() == reader)
                .map(Register.class::cast)
                .toList();
    }

    @Test
    @DisplayName(
            "ruleS5, G5: once its subscription has joined, nothing of a catch-up reader lives on: it asks nobody, and waits for nothing")
    void aReaderEndsWithItsJoin() {
        resumes();
        sent.clear();
        MemberEvent present = new MemberEvent.Present(2, "host:2");
        MemberEvent named = new MemberEvent.Named(2, "q");
        consumer.onMembers(List.of(present, named), Given.members(List.of(present, named)), NOW);
        consumer.onSilent(PRODUCER, 0);
        consumer.onTime(new Now(0, 20 * SECOND));
        assertEquals(List.of(), registersOf(1));
        assertTrue(registersOf(0).size() > 1, "the shared one does");
        Heartbeat late = new Heartbeat(TOPIC, 1, new Session(20, 99), PRODUCER, 1, 1);
        consumer.onMessage(late, NOW);
        assertEquals(new Deregister(TOPIC, 1, late.session()), sent.get(sent.size() - 1), "its cursor is taken off");
    }

    @Test
    @DisplayName("rowP8: a consumer that was closed is never due again, asks nobody, and waits for no node")
    void nothingLivesOnBehindTheClose() {
        consumer.open(1, new Opening.Latest(), NOW);
        consumer.open(2, resume(2), NOW);
        consumer.begin(Given.members(MEMBERS), NOW);
        registered(0, 6, 5);
        member(new MemberEvent.Removed(PRODUCER), List.of(), 0); // is waited for
        consumer.close();
        sent.clear();
        assertEquals(Long.MAX_VALUE, consumer.deadlineNs(0));
        consumer.onTime(new Now(0, 60 * SECOND));
        consumer.onSilent(PRODUCER, 60 * SECOND);
        assertEquals(List.of(), sent);
        assertEquals(List.of(), consumer.registrations());
    }

    @Test
    @DisplayName(
            "ruleC9, ruleC10: that ready() went on without a silent member is remembered by the catch-up reader, too")
    void aCatchUpReaderRemembersWhoWasSilent() {
        consumer.open(1, new Opening.Since(1_000), NOW);
        consumer.begin(Given.members(MEMBERS), NOW);
        consumer.onTime(new Now(0, 5 * SECOND));
        assertEquals(Map.of(1L, Set.of("p")), ready);
        registered(1, 4, 3, new Now(0, 5 * SECOND));
        assertEquals(Map.of(Reason.POSITION_UNKNOWN, 1L), expiriesOfReader());
        registered(0, 4, 3, new Now(0, 5 * SECOND));
        assertEquals(Map.of(Reason.POSITION_UNKNOWN, 1L), consumer.expiries(), "as by the shared one");
    }

    @Test
    @DisplayName(
            "ruleC7, ruleC10: once ready() went on without it, a silent member that goes is a loss to the catch-up reader, too")
    void aCatchUpReaderIsReadyWithItsSubscription() {
        consumer.open(1, new Opening.Latest(), NOW);
        consumer.open(2, new Opening.Since(1_000), NOW);
        consumer.begin(Given.members(MEMBERS), NOW);
        consumer.onTime(new Now(0, 5 * SECOND));
        member(new MemberEvent.Removed(PRODUCER), List.of(), 5 * SECOND);
        assertEquals(Map.of(Reason.PRODUCER_LOST, 1L), expiriesOfReader());
        assertEquals(Map.of(Reason.PRODUCER_LOST, 1L), consumer.expiries());
    }

    /** What catch-up readers were told as missed. */
    private Map<Reason, Long> expiriesOfReader() {
        Map<Reason, Long> told = new LinkedHashMap<>();
        missedByReaders.forEach(reason -> told.merge(reason, 1L, Long::sum));
        return told;
    }

    // ------------------------------------------------------------------ T2

    private static MemberView without(HistoryView history) {
        return new MemberView(Set.of(PRODUCER), MEMBERS, true, history);
    }

    private static Opening resumeBehind(long sequence) {
        Map<String, Position> positions = Map.of("p", new Position(Given.EPOCH, sequence));
        CursorToken.Seen seen = new CursorToken.Seen(Given.HISTORY, Map.of("p", PRODUCER), Set.of());
        return new Opening.Resume(new CursorToken(TOPIC, "c", 0, positions, seen));
    }

    private SubscriptionState resumedWithoutAHistory() {
        consumer.begin(without(HistoryView.NOTHING), NOW);
        registered(0, 6, 5);
        return consumer.open(1, resumeBehind(2), NOW);
    }

    @Test
    @DisplayName("ruleT2: who resumes waits until the members' history has come here, and is told what it says")
    void resumesOnceTheHistoryHasCome() {
        SubscriptionState resumed = resumedWithoutAHistory();
        assertEquals(List.of(), registersOf(1));
        assertTrue(ready.isEmpty());
        consumer.onMembers(List.of(), Given.members(MEMBERS, new Departure(9, "q", 5, null)), NOW);
        assertEquals(
                List.of(new Start.After(new Position(Given.EPOCH, 2))),
                registersOf(1).stream().map(Register::start).toList());
        registered(1, 3, 5);
        assertEquals(Set.of(1L), ready.keySet());
        assertEquals(List.of("q"), gapsOf(resumed));
    }

    private static List<String> gapsOf(SubscriptionState subscription) {
        return assertInstanceOf(Step.Missed.class, subscription.next(0)).gaps().stream()
                .map(gap -> String.valueOf(gap.node()))
                .toList();
    }

    @Test
    @DisplayName("ruleT2: after ready-timeout it goes on without, and is told that nobody knows who came and went")
    void resumesWithoutAHistory() {
        SubscriptionState resumed = resumedWithoutAHistory();
        assertTrue(consumer.deadlineNs(0) <= 5 * SECOND);
        consumer.onTime(new Now(0, 5 * SECOND - 1));
        assertEquals(List.of(), registersOf(1));
        consumer.onTime(new Now(0, 5 * SECOND));
        assertEquals(1, registersOf(1).size());
        assertEquals(List.of("null"), gapsOf(resumed));
    }

    @Test
    @DisplayName("ruleT2, ruleC10: others ask before the history has come, and are ready when it has")
    void othersDoNotWaitForTheHistory() {
        consumer.begin(without(HistoryView.NOTHING), NOW);
        registered(0, 6, 5);
        consumer.open(1, new Opening.Latest(), NOW);
        assertEquals(Set.of(), ready.keySet(), "its token would be told of the past");
        consumer.open(2, new Opening.Earliest(), NOW);
        consumer.open(3, resume(2), NOW);
        assertEquals(1, registersOf(1).size());
        assertEquals(1, registersOf(2).size());
        consumer.open(4, new Opening.Since(1_000), NOW);
        assertEquals(0, registersOf(3).size(), "it asks who ended since");
        consumer.onMembers(List.of(), Given.members(MEMBERS), NOW);
        assertEquals(Set.of(1L, 3L), ready.keySet(), "the others wait for answers");
    }
}
