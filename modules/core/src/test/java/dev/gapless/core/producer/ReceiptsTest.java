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

import dev.gapless.core.Given;
import dev.gapless.core.Now;
import dev.gapless.core.Position;
import dev.gapless.core.Session;
import dev.gapless.core.Start;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.log.Gate;
import dev.gapless.core.log.Log;
import dev.gapless.core.producer.ReceiptAnswer.Kind;
import dev.gapless.core.producer.ReceiptAnswer.Standing;
import dev.gapless.core.wire.Ack;
import dev.gapless.core.wire.Batch;
import dev.gapless.core.wire.Deregister;
import dev.gapless.core.wire.Heartbeat;
import dev.gapless.core.wire.Packet;
import dev.gapless.core.wire.Register;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who has a message (rule P15). The producer is the node 1, its readers are on the nodes 1, 2 and 3. */
class ReceiptsTest implements Outbox.Carrier {
    private static final long OWN = 1;
    private static final long B = 2;
    private static final long C = 3;

    private final List<Packet> sent = new ArrayList<>();
    private final List<ReceiptAnswer> answers = new ArrayList<>();
    private final Log log = new Log(LOG, Given.ring(8), Gate.opened());
    private final ProducerState producer = new ProducerState(TOPIC, OWN, log, Given.ring(8), Given.outbox(this));
    private long nowNs;

    @Override
    public void send(long toUid, Packet packet) {
        sent.add(packet);
    }

    @Override
    public void carryOut(Effect effect) {}

    private Now now() {
        return new Now(0, nowNs);
    }

    private void publish(int messages) {
        for (int i = 0; i < messages; i++) {
            log.publish(content(i), 0, nowNs, outcome -> {});
        }
        producer.onAppended(now());
    }

    private void register(long uid, long reader, long counter, Start start) {
        producer.onMessage(
                new Register(TOPIC, reader, new Session(uid, counter), OWN, start, 64L * FRAME_BYTES), now());
    }

    private void reads(long... uids) {
        for (long uid : uids) {
            register(uid, 0, 1, Start.LATEST);
            acknowledges(uid, 0);
        }
    }

    private void acknowledges(long uid, long sequence) {
        acknowledges(uid, 0, 1, sequence);
    }

    private void acknowledges(long uid, long reader, long counter, long sequence) {
        producer.onMessage(new Ack(TOPIC, reader, new Session(uid, counter), sequence, 64L * FRAME_BYTES), now());
    }

    private void publishesTwoToACatchUpReader() {
        register(B, 7, 1, Start.LATEST);
        acknowledges(B, 7, 1, 0);
        publish(2);
    }

    private void wants(long sequence, int nodes) {
        producer.onReceipt(new ReceiptRequest(sequence, sequence, nodes, nowNs + 10 * SECOND, answers::add), now());
    }

    private static Start after(long sequence) {
        return new Start.After(new Position(EPOCH, sequence));
    }

    private void later(long delayNs) {
        nowNs += delayNs;
        producer.onTime(now());
    }

    private Map<Long, Kind> kinds() {
        assertEquals(1, answers.size());
        Map<Long, Kind> kinds = new java.util.TreeMap<>();
        answers.get(0).standings().forEach((uid, standing) -> kinds.put(uid, standing.kind()));
        return kinds;
    }

    private void isHeldAtOnce() {
        assertEquals(1, answers.size());
        assertTrue(answers.get(0).isHeld(), () -> answers.toString());
    }

    private void isNotHeld() {
        assertEquals(1, answers.size());
        assertFalse(answers.get(0).isHeld(), () -> answers.toString());
    }

    @Test
    @DisplayName("ruleP15: so many other nodes have it; what the producer's node has does not count")
    void soMany() {
        reads(OWN, B, C);
        publish(1);
        wants(1, 2);
        acknowledges(OWN, 1);
        acknowledges(B, 1);
        assertEquals(List.of(), answers);
        acknowledges(C, 1);
        isHeldAtOnce();
    }

    @Test
    @DisplayName("ruleP15: all that read when it was asked have it, that of the producer's node, too")
    void all() {
        reads(OWN, B);
        publish(1);
        wants(1, ReceiptRequest.ALL);
        reads(C); // it begins behind it
        acknowledges(C, 1);
        acknowledges(B, 1);
        assertEquals(List.of(), answers);
        acknowledges(OWN, 1);
        isHeldAtOnce();
        assertEquals(Map.of(OWN, Kind.HELD, B, Kind.HELD, C, Kind.LATER), kinds());
    }

    @Test
    @DisplayName("ruleP15: nobody reads: all of nobody have it, and one node does not")
    void nobody() {
        publish(1);
        wants(1, ReceiptRequest.ALL);
        isHeldAtOnce();
        answers.clear();
        wants(1, 1);
        assertEquals(List.of(), answers);
        later(10 * SECOND);
        isNotHeld();
        assertEquals(Map.of(), kinds());
    }

    @Test
    @DisplayName("stateD3: a node that does not answer is named, with how long it has been silent")
    void silent() {
        reads(B, C);
        publish(3);
        wants(2, ReceiptRequest.ALL);
        acknowledges(B, 3);
        later(9 * SECOND);
        assertEquals(List.of(), answers);
        assertEquals(nowNs + SECOND, producer.deadlineNs(nowNs));
        later(SECOND);
        isNotHeld();
        assertEquals(
                Map.of(B, new Standing(Kind.HELD, 0), C, new Standing(Kind.SILENT, 10_000)),
                answers.get(0).standings());
    }

    @Test
    @DisplayName("ruleP15: a node that has yet to get it is behind")
    void behind() {
        reads(B);
        publish(3);
        nowNs += 9 * SECOND;
        acknowledges(B, 1);
        producer.onReceipt(new ReceiptRequest(3, 3, 1, nowNs, answers::add), now());
        isNotHeld();
        assertEquals(Map.of(B, new Standing(Kind.BEHIND, 2)), answers.get(0).standings());
    }

    @Test
    @DisplayName("stateD4: a node that is removed counts no more, and is named")
    void removed() {
        reads(B, C);
        publish(1);
        wants(1, ReceiptRequest.ALL);
        acknowledges(B, 1);
        producer.onRemoved(C, now());
        isHeldAtOnce();
        assertEquals(Map.of(B, Kind.HELD, C, Kind.REMOVED), kinds());
    }

    @Test
    @DisplayName("ruleP15: what a node had that was removed since is gone with it")
    void removedAfterItHadIt() {
        reads(B, C);
        publish(1);
        wants(1, 2);
        acknowledges(B, 1);
        producer.onRemoved(B, now());
        acknowledges(C, 1);
        assertEquals(List.of(), answers);
        later(10 * SECOND);
        isNotHeld();
        assertEquals(Map.of(B, Kind.REMOVED, C, Kind.HELD), kinds());
    }

    @Test
    @DisplayName("ruleP15: nor does one where nobody subscribes any more")
    void unsubscribed() {
        reads(B, C);
        publish(1);
        wants(1, ReceiptRequest.ALL);
        acknowledges(B, 1);
        producer.onMessage(new Deregister(TOPIC, 0, new Session(C, 1)), now());
        isHeldAtOnce();
        assertEquals(Map.of(B, Kind.HELD, C, Kind.UNSUBSCRIBED), kinds());
    }

    @Test
    @DisplayName("stateD5: an Ack behind an expiry is no receipt")
    void expired() {
        reads(B, C);
        publish(1);
        wants(1, ReceiptRequest.ALL);
        acknowledges(C, 1);
        producer.onForgotten(B, now()); // it did not get it
        publish(20);
        register(B, 0, 2, after(0));
        acknowledges(B, 0, 2, 21);
        isNotHeld();
        assertEquals(Map.of(B, Kind.EXPIRED, C, Kind.HELD), kinds());
        answers.clear();
        publish(1);
        wants(22, 1);
        acknowledges(B, 0, 2, 22);
        isHeldAtOnce();
    }

    @Test
    @DisplayName("stateD5: of a reader that the ring overtook while it had a cursor, too")
    void overtaken() {
        register(B, 0, 1, Start.LATEST); // it does not acknowledge: the second window is not sent
        publish(1);
        wants(1, 1);
        publish(100);
        acknowledges(B, 0);
        publish(100);
        acknowledges(B, 0, 1, log.head());
        assertEquals(List.of(), answers);
        later(10 * SECOND);
        isNotHeld();
        assertEquals(Map.of(B, Kind.EXPIRED), kinds());
    }

    @Test
    @DisplayName("stateD6: an Ack is lost, and its reader registers again behind the message: it has it")
    void ackIsLost() {
        reads(B);
        publish(1);
        wants(1, 1);
        register(B, 0, 2, after(1));
        isHeldAtOnce();
    }

    @Test
    @DisplayName(
            "ruleP15: a reader of a node without a cursor that registers behind the message may have been led past it")
    void registersAfterItWasForgotten() {
        reads(B);
        publish(1);
        wants(1, ReceiptRequest.ALL);
        producer.onForgotten(B, now());
        assertEquals(List.of(), answers);
        register(B, 0, 2, after(1));
        isNotHeld();
        assertEquals(Map.of(B, Kind.LATER), kinds());
    }

    @Test
    @DisplayName("ruleP15: a catch-up reader may have the number of an earlier one, to which what was sent never came")
    void anotherReaderOfThatNumber() {
        publishesTwoToACatchUpReader();
        wants(1, ReceiptRequest.ALL);
        register(B, 7, 2, after(2)); // its subscription was told of 1 and 2 as missed
        acknowledges(B, 7, 2, 2);
        isNotHeld();
        assertEquals(Map.of(B, Kind.LATER), kinds());
    }

    @Test
    @DisplayName("ruleP15: what an earlier reader of that number has acknowledged is on the node")
    void whatAnotherReaderOfThatNumberAcknowledged() {
        publishesTwoToACatchUpReader();
        acknowledges(B, 7, 1, 2);
        register(B, 7, 2, after(2));
        wants(1, ReceiptRequest.ALL);
        isHeldAtOnce();
    }

    @Test
    @DisplayName("ruleP15: one that registers in front of it gets it yet")
    void comesBackInFrontOfIt() {
        reads(B);
        publish(1);
        wants(1, ReceiptRequest.ALL);
        producer.onForgotten(B, now());
        register(B, 0, 2, after(0));
        acknowledges(B, 0, 2, 1);
        isHeldAtOnce();
    }

    @Test
    @DisplayName("ruleP15: a node has it if one of its readers has")
    void oneOfItsReaders() {
        reads(B);
        publish(1);
        register(B, 7, 1, after(0));
        wants(1, ReceiptRequest.ALL);
        acknowledges(B, 7, 1, 1);
        isHeldAtOnce();
    }

    @Test
    @DisplayName("ruleP15: who waits for a receipt need not wait until the reader acknowledges by itself")
    void asksAtOnce() {
        reads(B);
        publish(1);
        assertFalse(((Batch) sent.get(sent.size() - 1)).asks());
        wants(1, 1);
        assertTrue(sent.get(sent.size() - 1) instanceof Heartbeat, () -> sent.toString());
        publish(1);
        assertTrue(((Batch) sent.get(sent.size() - 1)).asks());
        acknowledges(B, 2);
        isHeldAtOnce();
        publish(1);
        assertFalse(((Batch) sent.get(sent.size() - 1)).asks(), "without receipts nothing costs more");
    }

    @Test
    @DisplayName("ruleP15: when nothing more is heard of readers whoever waits is told how it stands")
    void ends() {
        reads(B);
        publish(1);
        wants(1, 1);
        producer.endReceipts(now());
        isNotHeld();
        assertEquals(Map.of(B, Kind.BEHIND), kinds());
        assertEquals(0, log.waiting());
    }

    // ------------------------------------------------------------------ copies (rule P18)

    private static Start copyAfter(long sequence) {
        return new Start.Copy(new Position(EPOCH, sequence), false, null);
    }

    @Test
    @DisplayName("ruleP15, P18: a copy has what it acknowledges, however much its node needs to be kept")
    void aCopyHasWhatItAcknowledges() {
        register(B, 0, 1, copyAfter(0));
        publish(1);
        wants(1, 1);
        producer.onMessage(new Ack(TOPIC, 0, new Session(B, 1), 1, 0, 64L * FRAME_BYTES), now());
        isHeldAtOnce();
    }

    @Test
    @DisplayName("ruleP15, P18: a copy has nothing by what its node does not need")
    void aCopyHasNothingByWhatIsNotNeeded() {
        register(B, 0, 1, copyAfter(0));
        publish(1);
        wants(1, 1);
        producer.onMessage(new Ack(TOPIC, 0, new Session(B, 1), 0, Ack.KEEPS_NOTHING, 64L * FRAME_BYTES), now());
        assertEquals(List.of(), answers);
    }

    @Test
    @DisplayName("ruleP15, P18: a copy that registers again behind what it was sent has all of it")
    void aCopyGoesOn() {
        register(B, 0, 1, copyAfter(0));
        acknowledges(B, 0);
        publish(2);
        wants(2, 1);
        register(B, 0, 2, copyAfter(2));
        isHeldAtOnce();
    }

    @Test
    @DisplayName(
            "ruleP15, P18: a copy that is led past messages when it registers again does not have them, and is no reader that began later")
    void aCopyIsLedPast() {
        register(B, 0, 1, copyAfter(0));
        acknowledges(B, 0);
        for (int i = 0; i < 20; i++) { // the ring has 8
            log.publish(content(i), 0, nowNs, outcome -> {}); // and the producer has not looked
        }
        register(B, 0, 2, copyAfter(0));
        acknowledges(B, 0, 2, 20);
        wants(20, ReceiptRequest.ALL);
        later(10 * SECOND);
        assertEquals(Map.of(B, Kind.EXPIRED), kinds());
    }
}
