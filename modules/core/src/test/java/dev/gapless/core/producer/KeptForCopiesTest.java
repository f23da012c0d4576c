package dev.gapless.core.producer;

import static dev.gapless.core.Given.EPOCH;
import static dev.gapless.core.Given.FRAME_BYTES;
import static dev.gapless.core.Given.LOG;
import static dev.gapless.core.Given.SECOND;
import static dev.gapless.core.Given.TOPIC;
import static dev.gapless.core.Given.content;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Epoch;
import dev.gapless.core.Given;
import dev.gapless.core.Now;
import dev.gapless.core.Overflow;
import dev.gapless.core.Position;
import dev.gapless.core.ResumeAfterExpiry;
import dev.gapless.core.Session;
import dev.gapless.core.Start;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.log.Gate;
import dev.gapless.core.log.Log;
import dev.gapless.core.wire.Ack;
import dev.gapless.core.wire.Deregister;
import dev.gapless.core.wire.Heartbeat;
import dev.gapless.core.wire.Packet;
import dev.gapless.core.wire.Register;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a log with backpressure keeps for nodes that copy it (rule P18). Its ring has 4 messages, and they are 1 to 4 at first. */
class KeptForCopiesTest implements Outbox.Carrier {
    private static final long UID = 1;
    private static final long WINDOW = 64L * FRAME_BYTES;
    private static final long TIMEOUT = TopicSettings.DEFAULTS.backpressureTimeoutNs();
    private static final Session SESSION = new Session(20, 5);
    private static final Session AGAIN = new Session(20, 6);

    private final TopicSettings settings = Given.settings(4, Overflow.BACKPRESSURE, ResumeAfterExpiry.HEAD);
    private final List<Packet> sent = new ArrayList<>();
    private final Log log = new Log(LOG, settings, Gate.opened());
    private final ProducerState producer = new ProducerState(TOPIC, UID, log, settings, Given.outbox(this));
    private Runnable whenSent = () -> {};
    private long nowNs;

    @Override
    public void send(long toUid, Packet packet) {
        sent.add(packet);
        whenSent.run();
    }

    @Override
    public void carryOut(Effect effect) {}

    private Now now() {
        return new Now(1_000, nowNs);
    }

    private static Position at(long sequence) {
        return new Position(EPOCH, sequence);
    }

    private void publish(int messages) {
        append(messages);
        producer.onAppended(now());
    }

    private void append(int messages) {
        for (int i = 0; i < messages; i++) {
            log.publish(content(i), 1_000, nowNs, outcome -> {});
        }
    }

    private void copies(Session session, @Nullable Position after, @Nullable Position least) {
        registers(session, new Start.Copy(after, false, least));
    }

    private void registers(Session session, Start start) {
        producer.onMessage(new Register(TOPIC, 0, session, UID, start, WINDOW), now());
    }

    private void acknowledges(Session session, long sequence, long least) {
        producer.onMessage(new Ack(TOPIC, 0, session, sequence, least, WINDOW), now());
    }

    /** A node copies the log, and has all 4 messages. */
    private void copied(long least) {
        copies(SESSION, null, at(0));
        publish(4);
        acknowledges(SESSION, 4, least);
    }

    /** As many are published as there is room for, and three more. */
    private void isOverwrittenUpTo(long number) {
        publish(50);
        assertEquals(number, log.oldest() - 1, "is overwritten");
        assertEquals(number + 4, log.head());
        assertEquals(3, log.waiting());
    }

    @Test
    @DisplayName("ruleP18: what a node needs is kept, though its copy has it")
    void keepsWhatItNeeds() {
        copied(1);
        isOverwrittenUpTo(1);
    }

    @Test
    @DisplayName("ruleP18: of a node that has everything people are told whether the log keeps something for it")
    void tellsThatItKeeps() {
        copied(1);
        assertTrue(producer.cursors().get(0).holds());
        acknowledges(SESSION, 4, 4);
        assertFalse(producer.cursors().get(0).holds());
    }

    @Test
    @DisplayName("ruleP18: an Ack that needs less makes room for those that wait")
    void makesRoom() {
        copied(1);
        publish(2);
        assertEquals(1, log.waiting());
        acknowledges(SESSION, 5, 3);
        assertEquals(0, log.waiting());
        assertEquals(6, log.head());
        isOverwrittenUpTo(3);
    }

    @Test
    @DisplayName("ruleP18: what a node needs goes back, as when it resumes a subscription: from then on that is kept")
    void goesBack() {
        copied(3);
        acknowledges(SESSION, 4, 1);
        isOverwrittenUpTo(1);
    }

    @Test
    @DisplayName("ruleP18: what is overwritten already is in front of what is kept")
    void goesBackBeyondTheOldest() {
        copied(3);
        publish(2);
        assertEquals(3, log.oldest());
        acknowledges(SESSION, 6, 0);
        assertEquals(2, producer.lowestAcked());
        isOverwrittenUpTo(2);
    }

    @Test
    @DisplayName(
            "ruleP18: what a copy has not received is not kept if its node needs it no more; what is not published yet is")
    void goesFurtherThanTheCopy() {
        copies(SESSION, null, at(0));
        publish(4);
        acknowledges(SESSION, 2, 100);
        isOverwrittenUpTo(4);
    }

    @Test
    @DisplayName("ruleP18: for a node that keeps nothing publishers do not wait, whatever its copy has")
    void keepsNothing() {
        copied(1);
        publish(2);
        assertEquals(1, log.waiting());
        acknowledges(SESSION, 4, Ack.KEEPS_NOTHING);
        assertEquals(0, log.waiting());
        publish(50);
        assertEquals(56, log.head());
    }

    @Test
    @DisplayName(
            "ruleP18: publishers wait for the node that needs most, and for other readers up to what they have acknowledged")
    void needsOfSeveral() {
        Session other = new Session(21, 5);
        Session reader = new Session(22, 5);
        copied(3);
        copies(other, at(4), at(2));
        registers(reader, new Start.After(at(1)));
        assertEquals(1, producer.lowestAcked());
        acknowledges(reader, 4, 4);
        assertEquals(2, producer.lowestAcked());
        acknowledges(SESSION, 4, 1);
        assertEquals(1, producer.lowestAcked(), "it goes back behind what was the lowest");
        acknowledges(SESSION, 4, 4);
        isOverwrittenUpTo(2);
        producer.onMessage(new Deregister(TOPIC, 0, other), now());
        acknowledges(SESSION, log.head(), Ack.KEEPS_NOTHING);
        assertEquals(8, log.head(), "up to what the reader has");
        assertEquals(4, producer.lowestAcked());
    }

    @Test
    @DisplayName("ruleP18: how far the slowest node is follows from what its copy has, too")
    void lowestOfANodeThatKeepsNothing() {
        copies(SESSION, null, null);
        publish(4);
        acknowledges(SESSION, 2, Ack.KEEPS_NOTHING);
        assertEquals(2, producer.lowestAcked());
    }

    // ------------------------------------------------------------------ a node registers again

    @Test
    @DisplayName(
            "ruleP18: a node that registers again after a cut link finds what its slowest subscription lacks, though its copy is further")
    void aLinkThatReturns() {
        copied(1);
        copies(AGAIN, at(4), at(1));
        isOverwrittenUpTo(1);
    }

    @Test
    @DisplayName(
            "ruleP18: what the node needs is kept before it is told that it has its place, while publishers are at work")
    void keepsItBeforeItAnswers() {
        copies(SESSION, null, null);
        publish(4);
        whenSent = () -> append(3);
        copies(AGAIN, at(4), at(1));
        whenSent = () -> {};
        assertEquals(1, log.oldest() - 1);
        assertEquals(5, log.head());
    }

    @Test
    @DisplayName("ruleP18: of a copy that begins everything is kept until its node has said what it needs")
    void aCopyThatBegins() {
        publish(2);
        copies(SESSION, null, null);
        publish(50);
        assertEquals(6, log.head());
        assertEquals(3, log.waiting());
        acknowledges(SESSION, 2, Ack.KEEPS_NOTHING);
        assertEquals(0, log.waiting());
    }

    @Test
    @DisplayName("ruleP18: for a place of another log all is kept that there is; for none nothing is")
    void placesThatTheLogDoesNotHave() {
        copied(3);
        publish(2);
        copies(AGAIN, at(6), new Position(new Epoch(99), 1));
        isOverwrittenUpTo(2);
        copies(new Session(20, 7), at(6), null);
        assertEquals(0, log.waiting());
        publish(50);
        assertEquals(59, log.head());
    }

    // ------------------------------------------------------------------ a node that does not answer

    @Test
    @DisplayName(
            "ruleP18, P6: while publishers wait for a node that has everything, it gets a heartbeat each interval, and else none")
    void isAsked() {
        copied(1);
        assertEquals(Long.MAX_VALUE, producer.deadlineNs(nowNs), "at rest");
        publish(2);
        acknowledges(SESSION, 5, 1);
        for (int i = 0; i < 2; i++) {
            sent.clear();
            assertEquals(nowNs + SECOND, producer.deadlineNs(nowNs));
            nowNs += SECOND;
            producer.onTime(now());
            assertEquals(List.of(new Heartbeat(TOPIC, 0, SESSION, UID, 5, 2, 5)), sent);
        }
        acknowledges(SESSION, 5, 2);
        assertEquals(0, log.waiting());
        acknowledges(SESSION, 6, 2);
        assertEquals(Long.MAX_VALUE, producer.deadlineNs(nowNs), "it needs some, and nobody waits");
    }

    @Test
    @DisplayName("ruleP18, P6: of many nodes the one that publishers wait for gets its heartbeat in time")
    void isAskedAmongMany() {
        copied(0);
        for (int uid = 21; uid < 25; uid++) {
            copies(new Session(uid, 1), at(4), null);
            acknowledges(new Session(uid, 1), 4, Ack.KEEPS_NOTHING);
        }
        nowNs += SECOND;
        producer.onTime(now());
        assertEquals(Long.MAX_VALUE, producer.deadlineNs(nowNs), "at rest");
        publish(1);
        assertEquals(nowNs + SECOND, producer.deadlineNs(nowNs));
        sent.clear();
        nowNs += SECOND;
        producer.onTime(now());
        assertEquals(List.of(new Heartbeat(TOPIC, 0, SESSION, UID, 4, 1, 4)), sent);
    }

    @Test
    @DisplayName(
            "ruleP18: a node that has everything, and does not answer while publishers wait, is not waited for; its time begins when they do")
    void isGivenUp() {
        copied(0);
        nowNs += 10 * TIMEOUT;
        publish(1);
        assertEquals(4, log.head(), "it had nothing to answer until now");
        nowNs += TIMEOUT - 1;
        producer.onTime(now());
        assertEquals(4, log.head());
        assertFalse(producer.cursors().get(0).stalled());
        nowNs += 1;
        publish(1);
        assertTrue(producer.cursors().get(0).stalled());
        publish(20);
        assertTrue(log.oldest() > 20, "nobody waits for it");
        acknowledges(SESSION, log.head(), 0);
        assertFalse(producer.cursors().get(0).stalled());
        isOverwrittenUpTo(log.oldest() - 1);
    }

    @Test
    @DisplayName("ruleP18: a node that answers in time is waited for as long as it needs something")
    void isWaitedFor() {
        copied(0);
        for (int i = 0; i < 40; i++) {
            publish(1);
            nowNs += TIMEOUT / 2;
            producer.onTime(now());
            acknowledges(SESSION, 4, 0);
        }
        assertEquals(4, log.head());
    }

    @Test
    @DisplayName("ruleP18: publishers do not wait for a node that is unreachable, whatever it needs")
    void unreachable() {
        copied(0);
        producer.onReachability(SESSION.uid(), false, now());
        publish(9);
        assertEquals(13, log.head());
    }
}
