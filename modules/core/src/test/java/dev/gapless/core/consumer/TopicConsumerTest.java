package dev.gapless.core.consumer;

import static dev.gapless.core.Given.LOG;
import static dev.gapless.core.Given.NOW;
import static dev.gapless.core.Given.SECOND;
import static dev.gapless.core.Given.TOPIC;
import static dev.gapless.core.Given.frames;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Given;
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
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.feed.FeedEntry;
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

    private final List<ToProducer> sent = new ArrayList<>();
    private final Map<Long, Set<String>> ready = new LinkedHashMap<>();
    private Set<String> unresolvedWhenReady = Set.of();
    private final List<Reason> missedByReaders = new ArrayList<>();
    private TopicConsumer consumer = consumer(Given.ring(8), new Opening.Latest());
    private long sessions;

    private TopicConsumer consumer(TopicSettings settings, Opening first) {
        return new TopicConsumer(
                TOPIC, 20, settings, () -> ++sessions, new SplittableRandom(1), Given.outbox(this), first);
    }

    @Override
    public void send(long toUid, Packet packet) {
        sent.add(assertInstanceOf(ToProducer.class, packet));
    }

    @Override
    public void carryOut(Effect effect) {
        if (effect instanceof Effect.Ready one) {
            ready.put(one.subscription(), one.late());
            unresolvedWhenReady = consumer.feed().mustBeListed();
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
        consumer.onMessage(new Registered(TOPIC, reader, registerOf(reader).session(), LOG, next, 1, head), NOW);
    }

    private void batch(long reader, long first, long last) {
        consumer.onMessage(
                new Batch(TOPIC, reader, registerOf(reader).session(), first, last, frames(first, last)), NOW);
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
        consumer.begin(MEMBERS, MEMBERS, NOW);
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
        consumer.begin(MEMBERS, MEMBERS, NOW);
        consumer.onMembers(List.of(new MemberEvent.Removed(PRODUCER)), List.of(), NOW);
        assertEquals(Map.of(1L, Set.of()), ready);
    }

    @Test
    @DisplayName("ruleC10, T1: the end of a life and its successor are both heard of before anybody is told")
    void readyOnceAllIsHeard() {
        consumer.open(1, new Opening.Latest(), NOW);
        consumer.begin(MEMBERS, MEMBERS, NOW);
        MemberEvent successor = new MemberEvent.Present(2, "host:1");
        consumer.onMembers(List.of(new MemberEvent.Removed(PRODUCER), successor), List.of(successor), NOW);
        assertEquals(Map.of(1L, Set.of()), ready);
        assertEquals(Set.of("host:1"), unresolvedWhenReady, "a token of that moment names the successor");
    }

    @Test
    @DisplayName("ruleC10: ready without those that are silent for too long, which it names")
    void readyWithoutTheSilent() {
        consumer.open(1, new Opening.Latest(), NOW);
        consumer.begin(MEMBERS, MEMBERS, NOW);
        consumer.onTime(new Now(0, 5 * SECOND - 1));
        assertTrue(ready.isEmpty());
        assertTrue(consumer.deadlineNs(5 * SECOND - 1) <= 5 * SECOND);
        consumer.onTime(new Now(0, 5 * SECOND));
        assertEquals(Map.of(1L, Set.of("p")), ready);
    }

    @Test
    @DisplayName("ruleC10: the first subscription says what those present are asked for")
    void firstSubscriptionDecidesTheStart() {
        consumer = consumer(Given.ring(8), new Opening.Earliest());
        consumer.open(1, new Opening.Earliest(), NOW);
        consumer.begin(MEMBERS, MEMBERS, NOW);
        assertEquals(Start.EARLIEST, registerOf(0).start());
    }

    @Test
    @DisplayName("rowP1: every subscription of the node is given each message, once")
    void everySubscriptionIsGivenEachMessage() {
        SubscriptionState one = consumer.open(1, new Opening.Latest(), NOW);
        SubscriptionState other = consumer.open(2, new Opening.Latest(), NOW);
        consumer.begin(MEMBERS, MEMBERS, NOW);
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
        consumer.begin(MEMBERS, MEMBERS, NOW);
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
        consumer.begin(MEMBERS, MEMBERS, NOW);
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
    @DisplayName("backpressure: what a subscription left unread when it was closed holds nobody up")
    void grantsWhatTheClosedOneHeld() {
        thatFillsItsFeed();
        consumer.close(1);
        consumer.onRoom();
        assertTrue(windowOfLastAck() > 0);
    }

    /** Subscription 1, which has read nothing of a feed that is full. */
    private SubscriptionState thatFillsItsFeed() {
        consumer = consumer(Given.settings(8, Overflow.BACKPRESSURE, ResumeAfterExpiry.HEAD), new Opening.Latest());
        SubscriptionState slow = consumer.open(1, new Opening.Latest(), NOW);
        consumer.begin(MEMBERS, MEMBERS, NOW);
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
        consumer.begin(MEMBERS, MEMBERS, NOW);
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
        consumer.begin(MEMBERS, MEMBERS, NOW);
        registered(0, 1, 0);
        for (long uid = 1_000; uid < 11_000; uid++) {
            String node = "pod-" + uid;
            MemberEvent present = new MemberEvent.Present(uid, "host:" + uid);
            consumer.onMembers(List.of(present), List.of(present), NOW);
            MemberEvent named = new MemberEvent.Named(uid, node);
            consumer.onMembers(List.of(named), List.of(named), NOW);
            LogIdentity log = LogIdentity.fresh(new Epoch(uid), 0);
            Session session = registerOf(0).session();
            consumer.onMessage(new Registered(TOPIC, 0, session, log, 1, 1, 0), NOW);
            consumer.onMessage(new Batch(TOPIC, 0, session, 1, 2, frames(1, 2)), NOW);
            consumer.onMessage(new Gone(TOPIC, 0, session, 2), NOW);
            readAll(subscription, node, uid % 3 != 0);
            consumer.onMembers(List.of(new MemberEvent.Removed(uid)), List.of(), NOW);
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

    /** All that came of this node; or only some of it, so that the feed goes past the rest. */
    private static void readAll(SubscriptionState subscription, String node, boolean all) {
        long last = 0;
        for (int steps = 0; steps < (all ? 20 : 1); steps++) {
            Step step = subscription.next(0);
            if (step instanceof Step.Messages messages) {
                for (FeedEntry.Message message : messages.run().messages()) {
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
    void theRegistrationsOfReadersThatAreGoneStayCounted() {
        consumer.begin(MEMBERS, MEMBERS, NOW);
        registered(0, 1, 0);
        consumer.open(1, resume(0), NOW);
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
        consumer = consumer(Given.ring(8), new Opening.Latest());
        consumer.begin(MEMBERS, MEMBERS, NOW);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int id = 1; id <= subscriptions; id++) {
            consumer.open(id, new Opening.Latest(), new Now(0, id));
            assertTrue(consumer.deadlineNs(id) <= 1 + 5 * SECOND);
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private void member(MemberEvent event, List<MemberEvent> snapshot, long nowNs) {
        consumer.onMembers(List.of(event), snapshot, new Now(0, nowNs));
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
        consumer.onMembers(List.of(present, named), List.of(present, named), NOW);
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
        consumer.begin(MEMBERS, MEMBERS, NOW);
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
        consumer.begin(MEMBERS, MEMBERS, NOW);
        consumer.onTime(new Now(0, 5 * SECOND));
        assertEquals(Map.of(1L, Set.of("p")), ready);
        registered(1, 4, 3);
        assertEquals(Map.of(Reason.REGISTERED_LATE, 1L), expiriesOfReader());
        registered(0, 4, 3);
        assertEquals(Map.of(Reason.REGISTERED_LATE, 1L), consumer.expiries(), "as by the shared one");
    }

    @Test
    @DisplayName(
            "ruleC7, ruleC10: once ready() went on without it, a silent member that goes is a loss to the catch-up reader, too")
    void aCatchUpReaderIsReadyWithItsSubscription() {
        consumer.open(1, new Opening.Latest(), NOW);
        consumer.open(2, new Opening.Since(1_000), NOW);
        consumer.begin(MEMBERS, MEMBERS, NOW);
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
}
