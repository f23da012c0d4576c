package dev.gapless.core.producer;

import static dev.gapless.core.Given.FRAME_BYTES;
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
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Gate;
import dev.gapless.core.log.Generation;
import dev.gapless.core.log.Log;
import dev.gapless.core.log.LogRecord;
import dev.gapless.core.log.StoreAnswer;
import dev.gapless.core.log.StoreRequest;
import dev.gapless.core.wire.Ack;
import dev.gapless.core.wire.Batch;
import dev.gapless.core.wire.CursorExpired;
import dev.gapless.core.wire.Gone;
import dev.gapless.core.wire.GoneAck;
import dev.gapless.core.wire.Heartbeat;
import dev.gapless.core.wire.Packet;
import dev.gapless.core.wire.Register;
import dev.gapless.core.wire.Registered;
import dev.gapless.core.wire.ToConsumer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * A node copies a log (rule P18): where the copy goes on, in the numbers of the log. The log is durable: it has 4 messages of the incarnation 1, 3 of
 * 2, and those that 3 publishes.
 */
class CopiedLogTest implements Outbox.Carrier {
    private static final long UID = 3;
    private static final long WINDOW = 64L * FRAME_BYTES;

    private final List<ToConsumer> sent = new ArrayList<>();
    private final List<Effect> effects = new ArrayList<>();
    private final List<StoreRequest> asked = new ArrayList<>();
    private Session session = new Session(20, 5);
    private Log log;
    private ProducerState producer;
    private long nowNs;

    @Override
    public void send(long toUid, Packet packet) {
        sent.add(assertInstanceOf(ToConsumer.class, packet));
    }

    @Override
    public void carryOut(Effect effect) {
        if (effect instanceof Effect.Store store) {
            asked.add(store.request());
        } else {
            effects.add(effect);
        }
    }

    private Now now() {
        return new Now(1_000, nowNs);
    }

    private static Position at(long uid, long sequence) {
        return new Position(Epoch.of(uid, TOPIC), sequence);
    }

    private static LogRecord.Messages stored(long number, long uid, int first, int last) {
        List<Content> contents = new ArrayList<>();
        for (int value = first; value <= last; value++) {
            contents.add(content(value));
        }
        return new LogRecord.Messages(number, uid, uid, 1, 900, contents);
    }

    private void begin(int ring, Overflow overflow, ResumeAfterExpiry resume) {
        TopicSettings settings = Given.settings(ring, overflow, resume).with(draft -> draft.durable = true);
        log = new Log(LogIdentity.of(UID, TOPIC, settings, 0), settings, Gate.opened());
        producer = new ProducerState(TOPIC, UID, log, settings, Given.outbox(this));
        producer.onStoreOpened(new Generation(UID, List.of(1L, 2L)), now());
        answerStore();
    }

    private void begin(int ring) {
        begin(ring, Overflow.EXPIRE, ResumeAfterExpiry.HEAD);
    }

    private void answerStore() {
        while (!asked.isEmpty()) {
            StoreRequest request = asked.remove(0);
            if (request instanceof StoreRequest.Read read) {
                producer.onStore(
                        new StoreAnswer.Records(read.id(), List.of(stored(1, 1, 1, 4), stored(2, 2, 5, 7))), now());
            } else if (request instanceof StoreRequest.Write write) {
                producer.onStore(new StoreAnswer.Stored(write.id()), now());
            }
        }
    }

    private void publish(int first, int last) {
        for (int value = first; value <= last; value++) {
            log.publish(content(value), 1_000, nowNs, outcome -> {});
            producer.onAppended(now());
            answerStore();
        }
    }

    /** Registers anew. Whatever the answer, it is no expiry. */
    private Registered copy(@Nullable Position after, boolean begin) {
        return copy(new Start.Copy(after, begin, null), WINDOW);
    }

    private Registered copy(Start.Copy start, long window) {
        sent.clear();
        session = new Session(session.uid(), session.counter() + 1);
        producer.onMessage(new Register(TOPIC, 0, session, UID, start, window), now());
        assertEquals(Map.of(), producer.expiries());
        assertEquals(List.of(), effects);
        return assertInstanceOf(Registered.class, sent.get(0));
    }

    private long next(@Nullable Position after, boolean begin) {
        return copy(after, begin).next();
    }

    private void acknowledge(long number, long window) {
        producer.onMessage(new Ack(TOPIC, 0, session, number, Ack.KEEPS_NOTHING, window), now());
    }

    /** The values that were sent, each with its number. */
    private Map<Long, Integer> values() {
        Map<Long, Integer> values = new LinkedHashMap<>();
        for (ToConsumer message : sent) {
            if (message instanceof Batch batch) {
                long number = batch.first();
                for (var slice : batch.slices()) {
                    for (int i = 0; i < slice.count(); i++) {
                        values.put(number++, (int) slice.content(i)[0]);
                    }
                }
            }
        }
        return values;
    }

    @Test
    @DisplayName("ruleP18: a copy reads the streams of three incarnations in one go, to the end of the log")
    void readsAllStreams() {
        begin(100);
        publish(8, 9);
        Registered registered = copy(at(1, 2), false);
        assertEquals(3, registered.next());
        assertEquals(1, registered.oldest());
        assertEquals(9, registered.head());
        assertEquals(Epoch.of(UID, TOPIC), registered.log().epoch());
        assertEquals(0, registered.log().uid());
        assertEquals(
                List.of(new LogIdentity.Earlier(1, 4), new LogIdentity.Earlier(2, 3)),
                registered.log().earlier());
        acknowledge(2, WINDOW);
        assertEquals(Map.of(3L, 3, 4L, 4, 5L, 5, 6L, 6, 7L, 7, 8L, 8, 9L, 9), values());
        assertEquals(9, assertInstanceOf(Batch.class, sent.get(sent.size() - 1)).head());
        sent.clear();
        nowNs += SECOND;
        producer.onTime(now());
        assertEquals(List.of(new Heartbeat(TOPIC, 0, session, UID, 9, 1, 9)), sent);
        acknowledge(9, WINDOW);
        assertTrue(producer.isAllRead());
        sent.clear();
        producer.leave(now());
        assertEquals(List.of(new Gone(TOPIC, 0, session, 9)), sent);
        producer.onMessage(new GoneAck(TOPIC, 0, session, 9), now());
        assertTrue(producer.isDrained(nowNs));
    }

    @Test
    @DisplayName("ruleP18: a copy without a message to come is told at once that its producer leaves")
    void registersAtTheEnd() {
        begin(100);
        publish(8, 9);
        producer.leave(now());
        copy(at(3, 2), false);
        assertEquals(nowNs, producer.deadlineNs(nowNs));
        producer.onTime(now());
        assertEquals(new Gone(TOPIC, 0, session, 9), sent.get(sent.size() - 1));
    }

    @Test
    @DisplayName("ruleP18: it goes on behind its place, in whichever stream of the log that is")
    void goesOnBehindItsPlace() {
        begin(100);
        publish(8, 9);
        assertEquals(1, next(at(1, 0), false));
        assertEquals(4, next(at(1, 3), false));
        assertEquals(5, next(at(1, 4), false));
        assertEquals(5, next(at(2, 0), false));
        assertEquals(8, next(at(2, 3), false));
        assertEquals(8, next(at(3, 0), false));
        assertEquals(10, next(at(3, 2), false));
    }

    @Test
    @DisplayName(
            "ruleP18, P3: if what follows its place is overwritten, it goes on behind the newest, whatever it asks for otherwise")
    void goesOnBehindWhatIsOverwritten() {
        begin(5);
        publish(8, 9);
        assertEquals(5, log.oldest());
        assertEquals(10, next(at(1, 3), true));
        assertEquals(5, next(at(1, 4), true), "the next message is there");
        assertEquals(6, next(at(2, 1), true));
    }

    @Test
    @DisplayName("ruleP18, P3: with resume-after-expiry = retained it goes on in the middle of all that the log has")
    void goesOnInTheMiddle() {
        begin(5, Overflow.EXPIRE, ResumeAfterExpiry.RETAINED);
        publish(8, 9);
        assertEquals(7, next(at(1, 3), false));
        acknowledge(6, WINDOW);
        assertEquals(Map.of(7L, 7, 8L, 8, 9L, 9), values());
    }

    @Test
    @DisplayName(
            "ruleP18: with no place, or one that the log never had, it begins with the oldest, or behind the newest, as it asks for")
    void beginsAnew() {
        begin(5);
        publish(8, 9);
        List<Position> unknown =
                List.of(at(9, 1), at(1, 5), at(2, 4), at(3, 3), at(2, Long.MAX_VALUE), at(3, Long.MAX_VALUE));
        for (Position place : unknown) {
            assertEquals(5, next(place, true), place::toString);
            assertEquals(10, next(place, false), place::toString);
        }
        assertEquals(5, next(null, true));
        assertEquals(10, next(null, false));
    }

    @Test
    @DisplayName("ruleP18, C9: the answer says for how long nothing was published")
    void saysForHowLongItIsQuiet() {
        begin(100);
        publish(8, 8);
        nowNs += 3 * SECOND;
        assertEquals(3_000, copy(at(1, 1), false).quietMs());
        publish(9, 9);
        assertEquals(0, copy(at(1, 1), false).quietMs());
    }

    @Test
    @DisplayName(
            "ruleP18, D7: a stream whose messages are all overwritten is stated as long as the incarnation lives, and a place in it is known")
    void statesStreamsWithoutMessages() {
        begin(5);
        publish(8, 27);
        assertEquals(23, log.oldest());
        Registered registered = copy(at(1, 2), true);
        assertEquals(
                List.of(new LogIdentity.Earlier(1, 4), new LogIdentity.Earlier(2, 3)),
                registered.log().earlier());
        assertEquals(28, registered.next(), "not the oldest, as for a place that it never had");
    }

    // ------------------------------------------------------------------ P4

    @Test
    @DisplayName("ruleP18, P4: a copy that the ring overtakes is told in the log's numbers where it goes on")
    void overtaken() {
        begin(5);
        copy(new Start.Copy(at(1, 3), false, null), 1);
        acknowledge(3, 1); // one message at a time
        publish(8, 12);
        sent.clear();
        acknowledge(4, 1);
        assertEquals(
                List.of(new CursorExpired(TOPIC, 0, session, Reason.OVERRUN, log.identity(), 13, 8, 12, false)), sent);
        assertEquals(Map.of(Reason.OVERRUN, 1L), producer.expiries());
        assertEquals(List.of("2 behind 0 to 3", "0 behind 0 to 5"), moved(), "of each stream in its own sequences");
    }

    private List<String> moved() {
        List<String> all = new ArrayList<>();
        for (Effect effect : effects) {
            Effect.CursorMoved moved = assertInstanceOf(Effect.CursorMoved.class, effect);
            assertEquals(moved.sent(), moved.behind());
            all.add(moved.part().uid() + " behind " + moved.sent().orElseThrow() + " to " + (moved.resumeAt() - 1));
        }
        return all;
    }

    @Test
    @DisplayName(
            "ruleP18, P4: a copy whose node has stopped the producer is told, too, once for each answer of that node")
    void overtakenWhileItIsStopped() {
        begin(5);
        copy(at(2, 3), false);
        acknowledge(7, 0);
        publish(8, 13);
        assertEquals(14, expiredAt());
        publish(14, 26);
        assertEquals(0, expiredAt(), "it has not answered");
        acknowledge(13, 0);
        assertEquals(27, expiredAt());
        acknowledge(26, WINDOW);
        publish(27, 27);
        assertEquals(Map.of(27L, 27), values());
    }

    @Test
    @DisplayName("ruleP18, P5: a copy that is sent a full window is told only when it answers, as any reader")
    void overtakenWhileMuchIsUnderWay() {
        begin(5);
        copy(new Start.Copy(at(2, 3), false, null), 1);
        acknowledge(7, 1);
        publish(8, 26);
        assertEquals(0, expiredAt());
        acknowledge(8, 1);
        assertEquals(27, expiredAt());
    }

    /** Where it was told to go on since this was asked last; 0 if it was told nothing. */
    private long expiredAt() {
        long at = 0;
        for (ToConsumer message : sent) {
            if (message instanceof CursorExpired expired) {
                assertEquals(0, at, "told twice");
                assertFalse(expired.answersRegister());
                at = expired.resumeAt();
            }
        }
        sent.clear();
        return at;
    }

    // ------------------------------------------------------------------ P13

    @Test
    @DisplayName("ruleP18, P13: asked twice for what follows a place of the copy, it sends half as much at once")
    void halvesTheBatchThatDoesNotArrive() {
        begin(100);
        copy(at(1, 1), false);
        assertEquals(4, assertInstanceOf(Batch.class, sent.get(1)).count());
        copy(at(1, 1), false);
        assertEquals(2, assertInstanceOf(Batch.class, sent.get(1)).count());
        copy(at(1, 2), false);
        assertEquals(4, assertInstanceOf(Batch.class, sent.get(1)).count(), "behind another place");
    }

    // ------------------------------------------------------------------ backpressure

    @Test
    @DisplayName(
            "ruleP18: what has to be kept is counted over all streams; a place beyond a stream's end is its end, one of no stream is in front of all")
    void keepsWhatTheNodeNeeds() {
        assertEquals(2, overwrittenUpTo(at(1, 2)));
        assertEquals(4, overwrittenUpTo(at(1, 4)));
        assertEquals(4, overwrittenUpTo(at(1, 99)));
        assertEquals(4, overwrittenUpTo(at(2, 0)));
        assertEquals(6, overwrittenUpTo(at(2, 2)));
        assertEquals(7, overwrittenUpTo(at(3, 0)));
        assertEquals(7, overwrittenUpTo(at(3, Long.MAX_VALUE)), "nothing is published there");
        assertEquals(0, overwrittenUpTo(at(9, 1)));
        assertEquals(10, overwrittenUpTo(null), "all that it has");
    }

    /** The newest message that is overwritten when as much as possible is published: a ring of 7 messages is full. */
    private long overwrittenUpTo(@Nullable Position least) {
        begin(7, Overflow.BACKPRESSURE, ResumeAfterExpiry.HEAD);
        copy(new Start.Copy(at(2, 3), false, least), WINDOW);
        publish(8, 17);
        return log.oldest() - 1;
    }
}
