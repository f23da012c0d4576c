package dev.gapless.core.producer;

import static dev.gapless.core.Given.EPOCH;
import static dev.gapless.core.Given.FRAME_BYTES;
import static dev.gapless.core.Given.LOG;
import static dev.gapless.core.Given.NOW;
import static dev.gapless.core.Given.SECOND;
import static dev.gapless.core.Given.TOPIC;
import static dev.gapless.core.Given.content;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import dev.gapless.core.log.Admission;
import dev.gapless.core.log.Gate;
import dev.gapless.core.log.Log;
import dev.gapless.core.wire.Ack;
import dev.gapless.core.wire.Batch;
import dev.gapless.core.wire.CursorExpired;
import dev.gapless.core.wire.Deregister;
import dev.gapless.core.wire.Fetch;
import dev.gapless.core.wire.Fetched;
import dev.gapless.core.wire.Find;
import dev.gapless.core.wire.Found;
import dev.gapless.core.wire.Gone;
import dev.gapless.core.wire.GoneAck;
import dev.gapless.core.wire.Heartbeat;
import dev.gapless.core.wire.Packet;
import dev.gapless.core.wire.Register;
import dev.gapless.core.wire.Registered;
import dev.gapless.core.wire.ToConsumer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ProducerStateTest implements Outbox.Carrier {
    private static final long UID = 1;
    private static final Session SESSION = new Session(20, 5);
    private static final long WINDOW = 8L * FRAME_BYTES;

    private final List<ToConsumer> sent = new ArrayList<>();
    private final List<Admission> settled = new ArrayList<>();
    private Runnable whenSent = () -> {};
    private Log log;
    private ProducerState producer;
    private long nowNs;

    @Override
    public void send(long toUid, Packet packet) {
        ToConsumer message = assertInstanceOf(ToConsumer.class, packet);
        assertEquals(message.session().uid(), toUid);
        sent.add(message);
        whenSent.run();
    }

    @Override
    public void carryOut(Effect effect) {}

    private Now now() {
        return new Now(0, nowNs);
    }

    private void begin(LogIdentity identity, TopicSettings settings) {
        log = new Log(identity, settings, Gate.opened());
        producer = new ProducerState(TOPIC, UID, log, settings, Given.outbox(this));
    }

    private void ring(int messages) {
        begin(LOG, Given.ring(messages));
    }

    private void publish(int messages) {
        for (int i = 0; i < messages; i++) {
            log.publish(content(i), 1_000 + log.head(), nowNs, settled::add);
        }
        producer.onAppended(now());
    }

    private ToConsumer register(Session session, Start start) {
        sent.clear();
        producer.onMessage(new Register(TOPIC, 0, session, UID, start, WINDOW), now());
        return sent.get(0);
    }

    private void acknowledge(Session session, long sequence) {
        producer.onMessage(new Ack(TOPIC, 0, session, sequence, WINDOW), now());
    }

    private List<ToConsumer> after(long delayNs) {
        sent.clear();
        nowNs += delayNs;
        producer.onTime(now());
        return sent;
    }

    @Test
    @DisplayName("ruleP6: of many readers each gets its heartbeat in time, and none that has everything")
    void manyReaders() {
        ring(100);
        List<Session> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            all.add(new Session(20 + i, 5));
            register(all.get(i), Start.LATEST);
            acknowledge(all.get(i), 0);
        }
        publish(4);
        assertEquals(SECOND, producer.deadlineNs(nowNs));
        all.forEach(session -> acknowledge(session, session.uid() == 23 ? 3 : 4));
        assertEquals(3, producer.lowestAcked());
        assertEquals(1, after(SECOND).size());
        Heartbeat late = assertInstanceOf(Heartbeat.class, sent.get(0));
        assertEquals(23, late.session().uid());
        assertEquals(2 * SECOND, producer.deadlineNs(nowNs));
        acknowledge(all.get(3), 4);
        assertEquals(4, producer.lowestAcked());
        assertTrue(after(SECOND).isEmpty());
        assertEquals(Long.MAX_VALUE, producer.deadlineNs(nowNs), "at rest");
        Session late24 = new Session(24, 6);
        register(late24, after(EPOCH, 2));
        assertEquals(2, producer.lowestAcked());
        assertEquals(3 * SECOND, producer.deadlineNs(nowNs));
        producer.onMessage(new Deregister(TOPIC, 0, late24), now());
        assertEquals(4, producer.lowestAcked());
    }

    @Test
    @DisplayName("ruleL5: messages are fetched from the ring, as many as fit, and who fetches has no cursor by that")
    void fetch() {
        ring(4);
        publish(6);
        Fetched all = fetch(3, 1 << 20);
        assertEquals(3, all.first());
        assertEquals(4, Batch.count(all.slices()));
        assertEquals((byte) 2, all.slices().get(0).content(0)[0]);
        assertEquals(2, Batch.count(fetch(4, 2L * FRAME_BYTES).slices()));
        for (long first : new long[] {1, 2, 7, 100}) {
            Fetched none = fetch(first, 1 << 20);
            assertEquals(List.of(), none.slices(), () -> "from " + first);
            assertEquals(3, none.oldest());
            assertEquals(6, none.head());
            assertEquals(LOG.epoch(), none.epoch());
        }
        assertEquals(0, producer.cursorCount());
    }

    private Fetched fetch(long first, long bytes) {
        sent.clear();
        producer.onMessage(new Fetch(TOPIC, 0, SESSION, first, bytes), now());
        return assertInstanceOf(Fetched.class, sent.get(0));
    }

    @Test
    @DisplayName("ruleL5: a log says where a position is, a time, and its oldest; one that it never had is lost")
    void find() {
        ring(4);
        publish(6);
        assertEquals(found(null, 5), find(after(LOG.epoch(), 4)).toString());
        assertEquals(found(null, 7), find(after(LOG.epoch(), 6)).toString());
        assertEquals(
                found(Reason.POSITION_UNKNOWN, 7), find(after(LOG.epoch(), 7)).toString());
        assertEquals(found(Reason.OVERRUN, 7), find(after(LOG.epoch(), 1)).toString());
        assertEquals(found(null, 3), find(Start.EARLIEST).toString());
        assertEquals(found(null, 4), find(new Start.Since(1_003)).toString());
        assertEquals(found(null, 7), find(Start.LATEST).toString());
        assertEquals(Reason.PRODUCER_RESTARTED, find(after(new Epoch(99), 1)).lost());
        assertEquals(0, producer.cursorCount());
    }

    private Found find(Start start) {
        sent.clear();
        producer.onMessage(new Find(TOPIC, 0, SESSION, start), now());
        Found found = assertInstanceOf(Found.class, sent.get(0));
        assertEquals(start, found.start());
        return new Found(TOPIC, 0, SESSION, Start.LATEST, found.lost(), found.next(), found.oldest(), found.head());
    }

    private static String found(@Nullable Reason lost, long next) {
        return new Found(TOPIC, 0, SESSION, Start.LATEST, lost, new Position(LOG.epoch(), next), 3, 6).toString();
    }

    @Test
    @DisplayName("batches, heartbeats and expiries say which message is the oldest")
    void oldest() {
        ring(4);
        register(SESSION, Start.LATEST);
        acknowledge(SESSION, 0);
        publish(1);
        assertEquals(1, assertInstanceOf(Batch.class, sent.get(sent.size() - 1)).oldest());
        publish(3);
        acknowledge(SESSION, 4);
        publish(1);
        assertEquals(2, assertInstanceOf(Batch.class, sent.get(sent.size() - 1)).oldest());
        assertEquals(2, assertInstanceOf(Heartbeat.class, after(SECOND).get(0)).oldest());
        producer.onMessage(new Ack(TOPIC, 0, SESSION, 5, 0), now());
        publish(5);
        sent.clear();
        acknowledge(SESSION, 5);
        CursorExpired expired = assertInstanceOf(CursorExpired.class, sent.get(0));
        assertEquals(7, expired.oldest());
        assertEquals(10, expired.head());
    }

    private static Start after(Epoch epoch, long sequence) {
        return new Start.After(new Position(epoch, sequence));
    }

    private void isRegistered(long next, ToConsumer answer) {
        assertEquals(next, assertInstanceOf(Registered.class, answer).next());
    }

    private void isExpired(Reason reason, long resumeAt, ToConsumer message) {
        CursorExpired expired = assertInstanceOf(CursorExpired.class, message);
        assertEquals(reason, expired.reason());
        assertEquals(resumeAt, expired.resumeAt());
    }

    // ------------------------------------------------------------------ P1

    @Test
    @DisplayName("ruleP1, carriedIntoNextLife: a Register for another incarnation is ignored")
    void ignoresRegisterForAnotherIncarnation() {
        ring(4);
        producer.onMessage(new Register(TOPIC, 0, SESSION, 99, Start.LATEST, WINDOW), NOW);
        assertTrue(sent.isEmpty());
        assertTrue(producer.cursors().isEmpty());
    }

    @Test
    @DisplayName("ruleP1: a later attempt replaces the cursor, an earlier one of the same incarnation does not")
    void laterAttemptReplacesCursor() {
        ring(4);
        register(new Session(20, 5), Start.LATEST);
        register(new Session(20, 6), Start.LATEST);
        sent.clear();
        producer.onMessage(new Register(TOPIC, 0, new Session(20, 4), UID, Start.LATEST, WINDOW), NOW);
        assertTrue(sent.isEmpty());
        assertEquals(new Session(20, 6), producer.cursors().get(0).session());
    }

    @Test
    @DisplayName(
            "ruleP1: sessions of different incarnations are never compared, and a removal drops one incarnation's cursors")
    void incarnationsHaveCursorsOfTheirOwn() {
        ring(4);
        register(new Session(20, 100), Start.LATEST);
        register(new Session(21, 1), Start.LATEST);
        assertEquals(2, producer.cursors().size());
        producer.onRemoved(20, NOW);
        assertEquals(new Session(21, 1), producer.cursors().get(0).session());
        assertEquals(1, producer.cursors().size());
    }

    @Test
    @DisplayName("ruleP1: a Deregister ends the reader's cursor, unless that is of a later session")
    void deregister() {
        ring(4);
        register(SESSION, Start.LATEST);
        producer.onMessage(new Deregister(TOPIC, 0, new Session(20, 4)), NOW);
        producer.onMessage(new Deregister(TOPIC, 1, new Session(20, 6)), NOW);
        producer.onMessage(new Deregister(TOPIC, 0, new Session(21, 6)), NOW);
        assertEquals(1, producer.cursors().size());
        producer.onMessage(new Deregister(TOPIC, 0, SESSION), NOW);
        assertTrue(producer.cursors().isEmpty());
        register(SESSION, Start.LATEST);
        producer.onMessage(new Deregister(TOPIC, 0, new Session(20, 6)), NOW);
        assertTrue(producer.cursors().isEmpty(), "the Register of that session was lost");
    }

    // ------------------------------------------------------------------ P2, P3

    @Test
    @DisplayName("ruleP2: Latest begins behind the head, Earliest with the oldest, Since with the first at that time")
    void answersWhereToBegin() {
        ring(4);
        publish(6);
        isRegistered(7, register(SESSION, Start.LATEST));
        isRegistered(3, register(SESSION, Start.EARLIEST));
        isRegistered(5, register(SESSION, new Start.Since(1_004)));
        isRegistered(7, register(SESSION, new Start.Since(9_000)));
        isExpired(Reason.OVERRUN, 7, register(SESSION, new Start.Since(1_001)));
    }

    @Test
    @DisplayName("ruleP2, P3: Beginning gets everything, or is told and goes on at the head")
    void answersBeginning() {
        ring(4);
        publish(4);
        isRegistered(1, register(SESSION, Start.BEGINNING));
        publish(1);
        isExpired(Reason.OVERRUN, 6, register(SESSION, Start.BEGINNING));
    }

    @Test
    @DisplayName("ruleP2: After goes on behind the position, unless the ring or the log went on without it")
    void answersAfter() {
        ring(4);
        publish(6);
        isRegistered(4, register(SESSION, after(EPOCH, 3)));
        isRegistered(3, register(SESSION, after(EPOCH, 2)));
        isRegistered(7, register(SESSION, after(EPOCH, 6)));
        isExpired(Reason.OVERRUN, 7, register(SESSION, after(EPOCH, 1)));
        isExpired(Reason.POSITION_UNKNOWN, 7, register(SESSION, after(EPOCH, 7)));
    }

    @Test
    @DisplayName(
            "ruleP2, P3, bothSidesRestartSilent: a position of another epoch is told, and goes on at the beginning")
    void answersPositionOfAnotherEpoch() {
        ring(4);
        isExpired(Reason.PRODUCER_RESTARTED, 1, register(SESSION, after(new Epoch(99), 3)));
        publish(4);
        isExpired(Reason.PRODUCER_RESTARTED, 1, register(SESSION, after(new Epoch(99), 3)));
        publish(1);
        isExpired(Reason.PRODUCER_RESTARTED, 6, register(SESSION, after(new Epoch(99), 3)));
        assertEquals(Map.of(Reason.PRODUCER_RESTARTED, 3L), producer.expiries(), "one for each answer");
    }

    @Test
    @DisplayName("ruleP3: with resume-after-expiry = retained it goes on in the middle of the ring")
    void resumesInTheMiddle() {
        begin(LOG, Given.settings(4, Overflow.EXPIRE, ResumeAfterExpiry.RETAINED));
        publish(6);
        isExpired(Reason.OVERRUN, 5, register(SESSION, after(EPOCH, 1)));
        assertEquals(5, assertInstanceOf(Batch.class, sent.get(1)).first());
        isExpired(
                Reason.POSITION_UNKNOWN,
                7,
                register(new Session(SESSION.uid(), SESSION.counter() + 1), after(EPOCH, 7)));
    }

    // ------------------------------------------------------------------ P4

    @Test
    @DisplayName("ruleP4, staleFlushReplaysOldSlot: an overtaken cursor is told, unasked, and gets no overwritten slot")
    void expiresTheCursorThatTheRingOvertook() {
        ring(4);
        register(SESSION, Start.LATEST);
        sent.clear();
        for (int i = 0; i < 7; i++) {
            log.publish(content(i), 0, 0, settled::add);
        }
        producer.onAppended(NOW);
        isExpired(Reason.OVERRUN, 8, sent.get(0));
        assertFalse(((CursorExpired) sent.get(0)).answersRegister());
        assertEquals(1, sent.size());
        assertEquals(1, producer.expiries().get(Reason.OVERRUN));
    }

    @Test
    @DisplayName("expiredThenReplayFromZero: after an expiry only what is newer comes, in order")
    void goesOnBehindTheExpiry() {
        ring(4);
        register(SESSION, Start.LATEST);
        publish(7);
        acknowledge(SESSION, 7);
        sent.clear();
        publish(1);
        Batch batch = assertInstanceOf(Batch.class, sent.get(0));
        assertEquals(8, batch.first());
        assertEquals(8, batch.last());
    }

    @Test
    @DisplayName("ruleP5, G5: a reader that does not answer is not sent a window for each turn of the ring")
    void sendsNoMoreThanTheWindowToWhoDoesNotAnswer() {
        ring(16);
        register(SESSION, Start.LATEST);
        sent.clear();
        for (int i = 0; i < 200; i++) {
            publish(1);
        }
        long frames = sent.stream()
                .filter(Batch.class::isInstance)
                .mapToLong(m -> ((Batch) m).count())
                .sum();
        assertTrue(frames <= 8, () -> frames + " messages for a window of 8");
        acknowledge(SESSION, producer.cursors().get(0).sent());
        isExpired(Reason.OVERRUN, 201, sent.get(sent.size() - 1));
    }

    // ------------------------------------------------------------------ P5

    @Test
    @DisplayName("ruleP5: bytes under way stay below the window, and an Ack lets more come")
    void respectsTheWindow() {
        ring(64);
        register(SESSION, Start.LATEST);
        sent.clear();
        publish(20);
        assertEquals(8, producer.cursors().get(0).sent());
        acknowledge(SESSION, 4);
        assertEquals(12, producer.cursors().get(0).sent());
        assertTrue(producer.cursors().get(0).confirmed());
    }

    @Test
    @DisplayName("ruleP5: one batch may always be under way, unless the window is closed")
    void oneBatchMayAlwaysBeUnderWay() {
        ring(64);
        producer.onMessage(new Register(TOPIC, 0, SESSION, UID, Start.LATEST, 1), NOW);
        publish(3);
        assertEquals(1, producer.cursors().get(0).sent());
        producer.onMessage(new Ack(TOPIC, 0, SESSION, 1, 0), NOW);
        assertEquals(1, producer.cursors().get(0).sent());
    }

    @Test
    @DisplayName("ruleP5: an Ack of another session, of less than before or of more than was sent counts for nothing")
    void ignoresAcksThatAreNotCurrent() {
        ring(64);
        register(SESSION, Start.LATEST);
        publish(4);
        acknowledge(new Session(20, 4), 4);
        acknowledge(SESSION, 5);
        assertFalse(producer.cursors().get(0).confirmed());
        acknowledge(SESSION, 3);
        acknowledge(SESSION, 2);
        assertEquals(3, producer.cursors().get(0).acked());
    }

    @Test
    @DisplayName("ruleP1: a node that was silent for too long loses its cursors, and no other")
    void forgets() {
        ring(4);
        register(SESSION, Start.LATEST);
        register(new Session(99, 1), Start.LATEST);
        producer.onForgotten(SESSION.uid(), now());
        assertEquals(1, producer.cursors().size());
        assertEquals(99, producer.cursors().get(0).session().uid());
    }

    @Test
    @DisplayName("ruleP5, P3: an Ack of before an expiry does not confirm it")
    void staleAckDoesNotConfirm() {
        ring(4);
        register(SESSION, Start.LATEST);
        publish(2);
        for (int i = 0; i < 7; i++) {
            log.publish(content(i), 0, 0, settled::add);
        }
        producer.onAppended(NOW);
        acknowledge(SESSION, 2);
        assertFalse(producer.cursors().get(0).confirmed());
        assertEquals(9, producer.cursors().get(0).acked());
    }

    private boolean nextAsks(int messages) {
        sent.clear();
        publish(messages);
        return assertInstanceOf(Batch.class, sent.get(sent.size() - 1)).asks();
    }

    @Test
    @DisplayName(
            "ruleP5: a batch asks for an Ack at once until the cursor is confirmed, and from half of the window on")
    void asksForAnAckWhileItIsUnconfirmedAndBeforeTheWindowIsFull() {
        ring(64);
        register(SESSION, Start.LATEST);
        assertTrue(nextAsks(1), "unconfirmed");
        acknowledge(SESSION, 1);
        assertFalse(nextAsks(1));
        assertFalse(nextAsks(2), "three of eight");
        assertTrue(nextAsks(1), "half of the window");
        assertFalse(nextAsks(1), "that was asked for");
        acknowledge(SESSION, 5);
        assertFalse(nextAsks(2));
        assertTrue(nextAsks(1), "another half");
    }

    @Test
    @DisplayName(
            "ruleP5: more that is appended is of interest unless no reader may be sent more, and all of them owe an Ack")
    void wantsAppended() {
        ring(64);
        assertTrue(producer.wantsAppended(), "nobody reads");
        register(SESSION, Start.LATEST);
        acknowledge(SESSION, 0);
        assertTrue(producer.wantsAppended());
        publish(8);
        assertFalse(producer.wantsAppended(), "the window is full");
        publish(1);
        assertFalse(producer.hasUnsent(), "what may be sent");
        acknowledge(SESSION, 4);
        assertEquals(9, producer.cursors().get(0).sent());
        assertFalse(producer.wantsAppended(), "no whole batch fits");
        acknowledge(SESSION, 8);
        assertTrue(producer.wantsAppended());
        producer.onMessage(new Ack(TOPIC, 0, SESSION, 9, 0), now());
        assertTrue(producer.wantsAppended(), "it owes nothing");
        publish(1);
        assertFalse(producer.wantsAppended(), "its window is closed");
    }

    @Test
    @DisplayName(
            "ruleP5: a batch asks for an Ack at once when a quarter of the ring was sent, and the last one while publishers wait")
    void asksForAnAckBeforeTheRingIsFull() {
        ring(8);
        register(SESSION, Start.LATEST);
        acknowledge(SESSION, 0);
        assertFalse(nextAsks(1));
        assertTrue(nextAsks(1), "two of eight");
    }

    // ------------------------------------------------------------------ P13

    private int firstBatch(Session session, Start start) {
        register(session, start);
        return assertInstanceOf(Batch.class, sent.get(1)).count();
    }

    @Test
    @DisplayName(
            "ruleP13: asked twice for what follows one position, it sends half as much at once, down to one message")
    void halvesTheBatchThatDoesNotArrive() {
        ring(64);
        publish(20);
        assertEquals(4, firstBatch(new Session(20, 5), after(EPOCH, 2)));
        assertEquals(2, firstBatch(new Session(20, 6), after(EPOCH, 2)));
        assertEquals(1, firstBatch(new Session(20, 7), after(EPOCH, 2)));
        assertEquals(1, firstBatch(new Session(20, 8), after(EPOCH, 2)));
        assertEquals(4, firstBatch(new Session(20, 9), after(EPOCH, 3)), "after another position");
    }

    @Test
    @DisplayName("ruleP13: an Ack that makes progress brings whole batches back, and one that makes none does not")
    void anAckRestoresTheBatch() {
        ring(64);
        publish(20);
        register(new Session(20, 5), after(EPOCH, 2));
        register(new Session(20, 6), after(EPOCH, 2));
        assertEquals(2, sent.size(), "an answer, and one small batch");
        sent.clear();
        acknowledge(new Session(20, 6), 2);
        assertTrue(sent.isEmpty());
        acknowledge(new Session(20, 6), 4);
        assertEquals(4, assertInstanceOf(Batch.class, sent.get(0)).count());
        assertEquals(4, firstBatch(new Session(20, 7), after(EPOCH, 2)));
    }

    @Test
    @DisplayName("ruleP13: a reader that asks again while nothing is under way, as in a silence, gets whole batches")
    void halvesNothingThatWasNeverSent() {
        ring(64);
        publish(2);
        for (int attempt = 5; attempt < 20; attempt++) {
            register(new Session(20, attempt), after(EPOCH, 2));
        }
        sent.clear();
        publish(18);
        producer.onAppended(now());
        assertEquals(4, assertInstanceOf(Batch.class, sent.get(0)).count());
    }

    @Test
    @DisplayName("ruleP13: readers of one node, and incarnations of it, have batches of their own")
    void halvesTheBatchOfOneReaderOnly() {
        ring(64);
        publish(20);
        firstBatch(new Session(20, 5), after(EPOCH, 2));
        assertEquals(4, firstBatch(new Session(21, 6), after(EPOCH, 2)));
        sent.clear();
        producer.onMessage(new Register(TOPIC, 1, new Session(20, 6), UID, after(EPOCH, 2), WINDOW), now());
        assertEquals(4, assertInstanceOf(Batch.class, sent.get(1)).count());
    }

    // ------------------------------------------------------------------ P6

    @Test
    @DisplayName("ruleP6: an unconfirmed cursor gets a heartbeat each interval, with what was sent; a level one none")
    void heartbeats() {
        ring(4);
        register(SESSION, Start.LATEST);
        assertEquals(List.of(new Heartbeat(TOPIC, 0, SESSION, UID, 0, 1, 0)), after(SECOND));
        acknowledge(SESSION, 0);
        assertTrue(after(10 * SECOND).isEmpty());
        assertEquals(Long.MAX_VALUE, producer.deadlineNs(nowNs));
        publish(1);
        assertEquals(nowNs + SECOND, producer.deadlineNs(nowNs));
        assertEquals(List.of(new Heartbeat(TOPIC, 0, SESSION, UID, 1, 1, 1)), after(SECOND));
    }

    // ------------------------------------------------------------------ P7

    @Test
    @DisplayName("ruleP7: who leaves publishes nothing more, drains, and repeats Gone until it is acknowledged")
    void leaves() {
        ring(8);
        register(SESSION, Start.LATEST);
        publish(2);
        sent.clear();
        producer.leave(now());
        assertEquals(List.of(new Gone(TOPIC, 0, SESSION, 2)), sent);
        assertInstanceOf(Admission.Closed.class, log.publish(content(1), 0, 0, settled::add));
        assertEquals(List.of(new Gone(TOPIC, 0, SESSION, 2)), after(SECOND));
        assertFalse(producer.isDrained(nowNs));
        producer.onMessage(new GoneAck(TOPIC, 0, new Session(20, 4), 2), now());
        producer.onMessage(new GoneAck(TOPIC, 0, SESSION, 1), now());
        assertFalse(producer.isDrained(nowNs));
        producer.onMessage(new GoneAck(TOPIC, 0, SESSION, 2), now());
        assertTrue(producer.isDrained(nowNs));
        assertTrue(after(SECOND).isEmpty());
    }

    @Test
    @DisplayName("ruleP7: draining ends after its timeout")
    void drainingEnds() {
        ring(8);
        register(SESSION, Start.LATEST);
        producer.leave(now());
        assertFalse(producer.isDrained(4 * SECOND - 1));
        assertTrue(producer.isDrained(4 * SECOND));
    }

    // ------------------------------------------------------------------ backpressure

    private void backpressure() {
        begin(LOG, Given.settings(4, Overflow.BACKPRESSURE, ResumeAfterExpiry.HEAD));
    }

    @Test
    @DisplayName("backpressure: publishers wait for the slowest reader, and go on with its Ack")
    void publishersWaitForReaders() {
        backpressure();
        register(SESSION, Start.LATEST);
        publish(5);
        assertEquals(4, log.head());
        assertEquals(1, log.waiting());
        acknowledge(SESSION, 1);
        assertEquals(5, log.head());
        assertEquals(0, log.waiting());
    }

    @Test
    @DisplayName("backpressure: a reader has its place in the ring before it is told so, while publishers are at work")
    void holdsTheRingBeforeItAnswers() {
        backpressure();
        whenSent = () -> {
            if (log.waiting() == 0) {
                for (int i = 0; i < 5; i++) {
                    log.publish(content(i), 1_000, nowNs, settled::add);
                }
            }
        };
        isRegistered(1, register(SESSION, Start.LATEST));
        assertEquals(1, log.oldest());
        assertEquals(4, log.head());
        assertEquals(1, log.waiting());
    }

    @Test
    @DisplayName("backpressure: publishers do not wait for a reader that is unreachable")
    void publishersDoNotWaitForUnreachableReaders() {
        backpressure();
        register(SESSION, Start.LATEST);
        producer.onReachability(SESSION.uid(), false, NOW);
        publish(9);
        assertEquals(9, log.head());
    }

    @Test
    @DisplayName("backpressure: a publish is refused when its own time is over, however far heartbeats are apart")
    void aPublishThatWaitsHasADeadlineOfItsOwn() {
        begin(
                LOG,
                Given.settings(4, Overflow.BACKPRESSURE, ResumeAfterExpiry.HEAD).with(draft -> {
                    draft.heartbeatNs = 15 * SECOND;
                    draft.backpressureTimeoutNs = SECOND;
                }));
        register(SESSION, Start.LATEST);
        publish(4);
        nowNs += SECOND / 2;
        acknowledge(SESSION, 0);
        publish(1);
        assertEquals(SECOND * 3 / 2, producer.deadlineNs(nowNs));
        after(SECOND);
        assertEquals(0, log.waiting());
        assertEquals(1, settled.size());
        assertEquals(15 * SECOND, producer.deadlineNs(nowNs), "nobody waits any more");
    }

    @Test
    @DisplayName("emitBlocksOnSlowest, slowPeerKillsProducer: a reader that is frozen is no longer waited for, at all")
    void stalledReaderIsWaitedForOnce() {
        backpressure();
        register(SESSION, Start.LATEST);
        publish(5);
        nowNs += 10 * SECOND - 1;
        producer.onTime(now());
        assertEquals(4, log.head());
        publish(1);
        nowNs += 1;
        producer.onAppended(now());
        assertEquals(6, log.head());
        assertTrue(producer.cursors().get(0).stalled());
        publish(20);
        assertEquals(26, log.head(), "until it answers again nobody waits for it");
        acknowledge(SESSION, producer.cursors().get(0).sent());
        assertFalse(producer.cursors().get(0).stalled());
    }
}
