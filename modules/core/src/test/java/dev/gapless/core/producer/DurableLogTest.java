package dev.gapless.core.producer;

import static dev.gapless.core.Given.FRAME_BYTES;
import static dev.gapless.core.Given.SECOND;
import static dev.gapless.core.Given.TOPIC;
import static dev.gapless.core.Given.content;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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
import dev.gapless.core.log.Awaited;
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
import dev.gapless.core.wire.Packet;
import dev.gapless.core.wire.Register;
import dev.gapless.core.wire.Registered;
import dev.gapless.core.wire.ToConsumer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A log that is stored: what is in it when, and what becomes of it in the next incarnations. */
class DurableLogTest {
    private static final long TIMEOUT = 2 * SECOND;
    private static final Session SESSION = new Session(20, 5);

    /** The store that all incarnations share. */
    private final TreeMap<Long, LogRecord> store = new TreeMap<>();

    private long highest;
    private long nowNs;
    private long maxAgeNs;

    private static TopicSettings settings(int messages) {
        return Given.settings(messages, Overflow.EXPIRE, ResumeAfterExpiry.HEAD).with(draft -> {
            draft.durable = true;
            draft.storeTimeoutNs = TIMEOUT;
            draft.backpressureTimeoutNs = 5 * SECOND;
        });
    }

    private static Position at(long uid, long sequence) {
        return new Position(Epoch.of(uid, TOPIC), sequence);
    }

    /** One incarnation of the producer. */
    private final class Incarnation implements Outbox.Carrier {
        final long uid;
        final List<ToConsumer> sent = new ArrayList<>();
        final List<Admission> settled = new ArrayList<>();
        final List<StoreRequest> asked = new ArrayList<>();
        final List<Effect> effects = new ArrayList<>();
        final Log log;
        final ProducerState producer;
        /** Does the store answer at once? */
        boolean answers = true;

        Incarnation(long uid, int messages) {
            this.uid = uid;
            TopicSettings its = settings(messages).with(draft -> draft.maxAgeNs = maxAgeNs);
            log = new Log(LogIdentity.of(uid, TOPIC, its, 0), its, Gate.opened());
            producer = new ProducerState(TOPIC, uid, log, its, Given.outbox(this));
        }

        /** It is the how-manieth that uses the store, which answers. */
        Incarnation opened(long generation, Long... earlier) {
            producer.onStoreOpened(new Generation(generation, List.of(earlier)), now());
            answerAll();
            return this;
        }

        @Override
        public void send(long toUid, Packet packet) {
            sent.add(assertInstanceOf(ToConsumer.class, packet));
        }

        @Override
        public void carryOut(Effect effect) {
            if (effect instanceof Effect.Store wanted) {
                asked.add(wanted.request());
            } else {
                effects.add(effect);
            }
        }

        Now now() {
            return new Now(1_000 + nowNs / 1_000_000, nowNs);
        }

        void publish(int value) {
            settle(log.publish(content(value), now().ms(), nowNs, settled::add));
            producer.onAppended(now());
            if (answers) {
                answerAll();
            }
        }

        void publish(int value, String id) {
            settle(log.publish(content(value).withId(id), now().ms(), nowNs, settled::add));
            producer.onAppended(now());
            if (answers) {
                answerAll();
            }
        }

        private void settle(Admission admission) {
            if (!(admission instanceof Admission.Waiting)) {
                settled.add(admission);
            }
        }

        void answerAll() {
            while (!asked.isEmpty()) {
                StoreAnswer answer = carriedOut(asked.remove(0));
                if (answer != null) {
                    producer.onStore(answer, now());
                }
            }
        }

        /** The next that it wants of the store. */
        <T extends StoreRequest> T next(Class<T> type) {
            return assertInstanceOf(type, asked.remove(0));
        }

        LogRecord.Messages nextMessages() {
            return assertInstanceOf(
                    LogRecord.Messages.class, next(StoreRequest.Write.class).content());
        }

        void answer(StoreAnswer answer) {
            producer.onStore(answer, now());
        }

        List<ToConsumer> register(Start start) {
            sent.clear();
            producer.onMessage(new Register(TOPIC, 0, SESSION, uid, start, 100L * FRAME_BYTES), now());
            producer.onMessage(new Ack(TOPIC, 0, SESSION, first(), 100L * FRAME_BYTES), now());
            return sent;
        }

        private long first() {
            return sent.isEmpty()
                    ? 0
                    : sent.get(0) instanceof Registered registered
                            ? registered.next() - 1
                            : ((CursorExpired) sent.get(0)).resumeAt() - 1;
        }

        void after(long delayNs) {
            nowNs += delayNs;
            producer.onTime(now());
        }

        Position accepted(int index) {
            return assertInstanceOf(Admission.Accepted.class, settled.get(index))
                    .position();
        }
    }

    private StoreAnswer carriedOut(StoreRequest request) {
        if (request instanceof StoreRequest.Read read) {
            return new StoreAnswer.Records(
                    read.id(), List.copyOf(store.tailMap(read.number(), true).values()));
        } else if (request instanceof StoreRequest.Write write) {
            return put(write.content())
                    ? new StoreAnswer.Stored(write.id())
                    : new StoreAnswer.Failed(write.id(), "it is taken");
        }
        store.headMap(((StoreRequest.Drop) request).upTo(), true).clear();
        return null;
    }

    private boolean put(LogRecord record) {
        if (record.number() <= highest) {
            return false;
        }
        highest = record.number();
        store.put(highest, record);
        return true;
    }

    private Incarnation first() {
        return new Incarnation(1, 100).opened(1);
    }

    private static List<Integer> values(List<ToConsumer> sent) {
        List<Integer> values = new ArrayList<>();
        for (ToConsumer message : sent) {
            if (message instanceof Batch batch) {
                batch.slices().forEach(slice -> {
                    for (int i = 0; i < slice.count(); i++) {
                        values.add((int) slice.content(i)[0]);
                    }
                });
            }
        }
        return values;
    }

    @Test
    @DisplayName("ruleP12: a restart gives nothing again that is older than max-age, and makes nothing younger")
    void keepsItsAge() {
        maxAgeNs = 16 * SECOND;
        Incarnation b = first();
        b.publish(1);
        b.after(SECOND); // it looks once a second
        b.after(9 * SECOND);
        b.publish(2);
        b.after(SECOND);
        b.after(7 * SECOND);
        assertEquals(2, b.log.oldest(), "the first is too old");
        Incarnation next = new Incarnation(2, 100).opened(2, 1L);
        assertEquals(2, next.log.oldest());
        assertEquals(2, next.log.head());
        CursorExpired expired = assertInstanceOf(
                CursorExpired.class, next.register(new Start.After(at(1, 0))).get(0));
        assertEquals(Reason.OVERRUN, expired.reason());
        assertEquals(List.of(2), values(next.register(new Start.After(at(1, 1)))));
        next.after(6 * SECOND);
        assertEquals(1, next.log.size(), "14 s old");
        next.after(4 * SECOND);
        assertEquals(0, next.log.size(), "18 s old");
        next.publish(3);
        nowNs += 20 * SECOND; // it is down meanwhile
        Incarnation last = new Incarnation(3, 100).opened(3, 1L, 2L);
        assertEquals(0, last.log.size());
        assertInstanceOf(
                Registered.class, last.register(new Start.After(at(2, 1))).get(0));
        last.publish(4);
        assertEquals(at(3, 1), last.accepted(0));
    }

    @Test
    @DisplayName("ruleP12, ruleD10: what is too old goes from the store, too")
    void goesFromTheStore() {
        maxAgeNs = 16 * SECOND;
        Incarnation b = first();
        for (int value = 1; value <= 30; value++) {
            b.publish(value);
        }
        assertEquals(31, store.size());
        nowNs += 20 * SECOND;
        Incarnation next = new Incarnation(2, 100).opened(2, 1L);
        assertEquals(31, next.log.oldest());
        assertTrue(store.values().stream().noneMatch(LogRecord.Messages.class::isInstance), store::toString);
    }

    @Test
    @DisplayName(
            "all is read once the log is open and each reader has come to this incarnation's stream, and acknowledged it")
    void allIsRead() {
        Incarnation b = first();
        assertTrue(b.producer.isAllRead(), "nobody reads");
        b.publish(1);
        b.register(new Start.After(at(1, 0)));
        assertFalse(b.producer.isAllRead(), "it has not acknowledged the message");
        Incarnation next = new Incarnation(2, 100);
        assertFalse(next.producer.isAllRead(), "it is not open");
        next.opened(2, 1L);
        next.register(new Start.After(at(1, 0)));
        assertFalse(next.producer.isAllRead(), "it has not acknowledged the message");
        next.producer.onMessage(new Ack(TOPIC, 0, SESSION, 1, 100L * FRAME_BYTES), next.now());
        assertFalse(next.producer.isAllRead(), "it is at the end of the earlier stream, and asks what comes behind");
        next.register(new Start.After(at(2, 0)));
        assertTrue(next.producer.isAllRead());
    }

    @Test
    @DisplayName("a log that is broken has nothing for anybody")
    void nothingOfABrokenLogIsToBeRead() {
        first().publish(1);
        store.remove(1L); // the mark
        store.put(3L, store.remove(2L));
        Incarnation next = new Incarnation(2, 100).opened(2, 1L);
        assertEquals(StoreStatus.State.BROKEN, next.producer.writer().status().state());
        assertTrue(next.producer.isAllRead());
    }

    // ------------------------------------------------------------------ D1 to D3: writing

    @Test
    @DisplayName("ruleD1: what is not stored is not in the log, and its publisher has no answer")
    void storedFirst() {
        Incarnation b = first();
        b.answers = false;
        b.publish(1);
        assertEquals(0, b.log.head());
        assertEquals(List.of(), b.settled);
        b.answerAll();
        assertEquals(1, b.log.head());
        assertEquals(at(1, 1), b.accepted(0));
    }

    @Test
    @DisplayName("ruleD3: of what is being stored when its node ends nobody knows, and its publisher is told so")
    void itsNodeEndsWhileItIsStored() {
        Incarnation b = first();
        b.answers = false;
        b.publish(1);
        assertTrue(b.log.end().isEmpty(), "its last message is not known");
        assertEquals(List.of(), b.settled);
        b.log.abandon();
        assertEquals(List.of(new Admission.Unknown()), b.settled);
        b.log.abandon();
        assertEquals(1, b.settled.size(), "told once");
    }

    @Test
    @DisplayName("ruleD2: one record is under way; the next one has all that came meanwhile")
    void oneAtATime() {
        Incarnation b = first();
        b.answers = false;
        b.publish(1);
        b.publish(2);
        b.publish(3);
        assertEquals(1, b.asked.size());
        b.answer(carriedOut(b.next(StoreRequest.Write.class)));
        assertEquals(2, b.nextMessages().contents().size());
    }

    @Test
    @DisplayName(
            "ruleP16: an invalidation is stored in front of what waits, and the next incarnation tells who has not come to it")
    void invalidates() {
        Incarnation b = first();
        b.publish(1);
        b.answers = false;
        b.publish(2);
        b.publish(3);
        b.log.invalidate(b.now().ms(), b.settled::add);
        b.log.invalidate(b.now().ms(), outcome -> b.settled.add(new Admission.Closed()));
        b.answer(carriedOut(b.next(StoreRequest.Write.class)));
        assertTrue(b.nextMessages().contents().get(0).isInvalidation(), "it does not wait for its turn");
        b.after(TIMEOUT);
        b.after(100 * SECOND);
        b.answerAll();
        assertTrue(b.settled.contains(new Admission.Accepted(at(1, 3))), b.settled::toString);
        assertFalse(b.settled.contains(new Admission.Closed()), "the one that waited is for all");
        Incarnation next = new Incarnation(2, 100).opened(2, 1L);
        CursorExpired expired = assertInstanceOf(
                CursorExpired.class, next.register(new Start.After(at(1, 2))).get(0));
        assertEquals(Reason.OVERRUN, expired.reason());
        assertEquals(4, expired.resumeAt());
        assertInstanceOf(
                Registered.class, next.register(new Start.After(at(1, 3))).get(0));
    }

    @Test
    @DisplayName(
            "ruleP16, ruleD3: an invalidation whose record is not there is stored again, and is that of those who came meanwhile")
    void invalidatesAgain() {
        Incarnation b = first();
        b.publish(1);
        b.answers = false;
        b.log.invalidate(b.now().ms(), b.settled::add);
        b.producer.onAppended(b.now());
        StoreRequest.Write write = b.next(StoreRequest.Write.class);
        b.log.invalidate(b.now().ms(), b.settled::add);
        b.answer(new StoreAnswer.Failed(write.id(), "the connection broke"));
        b.after(SECOND);
        b.answerAll();
        assertEquals(2, b.log.head(), "it is one");
        assertEquals(List.of(at(1, 1), at(1, 2), at(1, 2)), List.of(b.accepted(0), b.accepted(1), b.accepted(2)));
    }

    @Test
    @DisplayName("ruleD3: a write that failed and is there all the same was published")
    void failedAndStored() {
        Incarnation b = first();
        b.answers = false;
        b.publish(1);
        StoreRequest.Write write = b.next(StoreRequest.Write.class);
        carriedOut(write);
        b.answer(new StoreAnswer.Failed(write.id(), "the connection broke"));
        assertEquals(List.of(), b.settled, "nobody knows yet");
        b.after(SECOND);
        b.answerAll();
        assertEquals(at(1, 1), b.accepted(0));
        assertEquals(1, b.log.head());
    }

    @Test
    @DisplayName(
            "ruleD3: one that is not there is written again, with a number that no write of before can take any more")
    void failedAndNotStored() {
        Incarnation b = first();
        b.answers = false;
        b.publish(1);
        StoreRequest.Write write = b.next(StoreRequest.Write.class);
        b.answer(new StoreAnswer.Failed(write.id(), "the connection broke"));
        b.after(SECOND);
        b.answerAll();
        assertEquals(at(1, 1), b.accepted(0));
        assertEquals(false, put(write.content()), "it comes late");
        assertEquals(1, b.log.head());
    }

    @Test
    @DisplayName("ruleD3: one that is not answered in time is looked for; its answer of then counts no more")
    void unanswered() {
        Incarnation b = first();
        b.answers = false;
        b.publish(1);
        StoreRequest.Write write = b.next(StoreRequest.Write.class);
        b.after(TIMEOUT);
        carriedOut(write);
        b.answer(new StoreAnswer.Stored(write.id()));
        assertEquals(0, b.log.head());
        b.after(SECOND);
        b.answerAll();
        assertEquals(1, b.log.head());
        assertEquals(1, b.settled.size());
    }

    @Test
    @DisplayName(
            "ruleD3: whoever waits too long while it is being stored is told that nobody knows; who waits behind it is refused")
    void unknown() {
        Incarnation b = first();
        b.answers = false;
        b.publish(1);
        b.publish(2);
        StoreRequest.Write write = b.next(StoreRequest.Write.class);
        b.after(TIMEOUT);
        b.after(4 * SECOND);
        assertTrue(b.settled.contains(new Admission.Unknown()), b.settled::toString);
        assertTrue(b.settled.contains(new Admission.TimedOut(Awaited.STORE)), b.settled::toString);
        carriedOut(write); // late
        b.answerAll();
        assertEquals(1, b.log.head(), "it was published");
        assertEquals(2, b.settled.size(), "each is told once");
    }

    // ------------------------------------------------------------------ P17: repeats

    @Test
    @DisplayName(
            "ruleP17: a repeat waits for the outcome of the first, which is being stored, and is not stored itself")
    void repeatWhileUnderWay() {
        Incarnation b = first();
        b.answers = false;
        b.publish(1, "one");
        b.publish(1, "one");
        b.publish(2, "one");
        assertEquals(List.of(), b.settled);
        b.answerAll();
        assertEquals(at(1, 1), b.accepted(0));
        assertEquals(at(1, 1), b.accepted(1));
        assertEquals(new Admission.IdReused(), b.settled.get(2));
        assertEquals(1, b.log.head());
        assertEquals(2, highest, "a mark, and one record");
    }

    @Test
    @DisplayName("ruleP17: no record has an id twice")
    void notInOneRecord() {
        Incarnation b = first();
        b.answers = false;
        b.publish(1);
        b.publish(2, "two");
        b.publish(3);
        b.publish(2, "two");
        b.answerAll();
        assertEquals(3, b.log.head());
        assertEquals(at(1, 2), b.accepted(1));
        assertEquals(at(1, 2), b.accepted(3));
    }

    @Test
    @DisplayName("ruleP17: wherever in the line a repeat waits, it is not stored once the first is")
    void repeatAmidTheLine() {
        Incarnation b = first();
        b.answers = false;
        b.publish(1, "one");
        b.publish(2);
        b.publish(1, "one");
        b.publish(3);
        b.answerAll();
        assertEquals(3, b.log.head());
        assertEquals(
                2,
                b.settled.stream()
                        .filter(new Admission.Accepted(at(1, 1))::equals)
                        .count());
        assertEquals(0, b.log.waiting());
    }

    @Test
    @DisplayName("ruleP17: after nobody knew, a repeat gets the position of the first if that was stored")
    void repeatOfUnknownThatWasStored() {
        Incarnation b = first();
        StoreRequest.Write write = unknown(b);
        b.publish(1, "one");
        carriedOut(write); // late
        b.answerAll();
        assertEquals(List.of(new Admission.Unknown(), new Admission.Accepted(at(1, 1))), b.settled);
        assertEquals(1, b.log.head());
    }

    @Test
    @DisplayName("ruleP17: after nobody knew, a repeat is published if the first was not stored, and never will be")
    void repeatOfUnknownThatWasNotStored() {
        Incarnation b = first();
        StoreRequest.Write write = unknown(b);
        b.publish(1, "one");
        b.answerAll();
        assertEquals(List.of(new Admission.Unknown(), new Admission.Accepted(at(1, 1))), b.settled);
        assertFalse(put(write.content()), "it comes late");
        assertEquals(1, b.log.head());
    }

    /** Of this publish nobody knows, and its store is asked what it has. {@return its write} */
    private StoreRequest.Write unknown(Incarnation b) {
        b.answers = false;
        b.publish(1, "one");
        StoreRequest.Write write = b.next(StoreRequest.Write.class);
        b.after(TIMEOUT);
        b.after(3 * SECOND); // it was not answered
        assertEquals(List.of(new Admission.Unknown()), b.settled);
        return write;
    }

    @Test
    @DisplayName("ruleP17: of a repeat that waits too long for the first nobody knows either")
    void repeatThatWaitsTooLong() {
        Incarnation b = first();
        b.answers = false;
        b.publish(1, "one");
        b.publish(1, "one");
        b.publish(2, "two");
        b.next(StoreRequest.Write.class);
        b.after(TIMEOUT);
        b.after(4 * SECOND);
        assertEquals(
                2, b.settled.stream().filter(new Admission.Unknown()::equals).count(), b.settled::toString);
        assertTrue(b.settled.contains(new Admission.TimedOut(Awaited.STORE)), b.settled::toString);
    }

    @Test
    @DisplayName("ruleP17: of a repeat nobody knows as long as the log has not what its store has")
    void repeatBeforeItIsOpen() {
        Incarnation b = new Incarnation(1, 100);
        b.answers = false;
        b.publish(1, "one");
        b.publish(2);
        b.after(6 * SECOND);
        assertEquals(List.of(new Admission.Unknown(), new Admission.TimedOut(Awaited.STORE)), b.settled);
    }

    @Test
    @DisplayName(
            "ruleP17: a repeat gets the position of what an earlier incarnation stored, as long as the ring holds it")
    void repeatInALaterIncarnation() {
        Incarnation a = first();
        a.publish(1, "one");
        a.publish(2, "two");
        Incarnation b = new Incarnation(2, 100).opened(2, 1L);
        b.publish(3, "three");
        b.publish(2, "two");
        Incarnation c = new Incarnation(3, 2).opened(3, 1L, 2L); // its ring has two and three
        c.publish(2, "two");
        c.publish(3, "three");
        c.publish(4, "two");
        c.publish(1, "one");
        assertEquals(List.of(new Admission.Accepted(at(2, 1)), new Admission.Accepted(at(1, 2))), b.settled);
        assertEquals(
                List.of(
                        new Admission.Accepted(at(1, 2)),
                        new Admission.Accepted(at(2, 1)),
                        new Admission.IdReused(),
                        new Admission.Accepted(at(3, 1))),
                c.settled);
    }

    @Test
    @DisplayName(
            "ruleD3: what takes longer than the timeout to read is read, if more of it comes in time, and else is asked for anew")
    void readsForLong() {
        Incarnation b = new Incarnation(1, 100);
        b.producer.onStoreOpened(new Generation(1, List.of()), b.now());
        StoreRequest.Read read = b.next(StoreRequest.Read.class);
        for (int i = 0; i < 3; i++) {
            b.after(TIMEOUT - 1);
            b.answer(new StoreAnswer.Reading(read.id()));
        }
        assertEquals(List.of(), b.asked, "it waits for the answer");
        b.after(TIMEOUT);
        b.answer(new StoreAnswer.Reading(read.id())); // too late
        b.after(SECOND);
        assertNotEquals(read.id(), b.next(StoreRequest.Read.class).id());
    }

    // ------------------------------------------------------------------ D4: the fence

    @Test
    @DisplayName("ruleD4: nobody is answered before the mark is stored")
    void answersNobodyBefore() {
        Incarnation b = new Incarnation(1, 100);
        assertEquals(List.of(), b.register(Start.BEGINNING));
        b.producer.onStoreOpened(new Generation(1, List.of()), b.now());
        b.answer(carriedOut(b.next(StoreRequest.Read.class)));
        assertEquals(List.of(), b.register(Start.BEGINNING));
        b.answerAll();
        assertInstanceOf(Registered.class, b.register(Start.BEGINNING).get(0));
    }

    @Test
    @DisplayName("ruleD4: the last write of the incarnation of before comes before the mark, or never")
    void lateWriteOfBefore() {
        Incarnation before = first();
        before.answers = false;
        before.publish(1);
        StoreRequest.Write late = before.next(StoreRequest.Write.class);
        Incarnation b = new Incarnation(2, 100);
        b.producer.onStoreOpened(new Generation(2, List.of()), b.now());
        b.answer(carriedOut(b.next(StoreRequest.Read.class)));
        carriedOut(late);
        b.answerAll(); // the mark's number is taken
        b.after(SECOND);
        b.answerAll();
        assertEquals(List.of(1), values(b.register(new Start.After(at(1, 0)))));
        assertEquals(false, put(late.content()));
    }

    @Test
    @DisplayName("ruleD4: who finds a mark of a later incarnation is fenced; a failure alone fences nobody")
    void fenced() {
        Incarnation before = first();
        Incarnation b = new Incarnation(2, 100).opened(2);
        before.publish(1); // its number is taken
        assertEquals(
                List.of(),
                before.effects.stream()
                        .filter(Effect.LogFenced.class::isInstance)
                        .toList());
        before.after(SECOND);
        before.answerAll();
        assertTrue(before.effects.contains(new Effect.LogFenced(TOPIC, 2)), before.effects::toString);
        assertEquals(0, b.log.head());
    }

    // ------------------------------------------------------------------ D5 to D7: what the next one has

    @Test
    @DisplayName(
            "ruleD5: the next incarnation goes on in a stream of its own, and has those of before under their names")
    void streams() {
        Incarnation b1 = first();
        b1.publish(1);
        b1.publish(2);
        Incarnation b2 = new Incarnation(2, 100).opened(2);
        b2.publish(3);
        assertEquals(at(2, 1), b2.accepted(0));
        List<ToConsumer> answers = b2.register(new Start.After(at(1, 1)));
        Registered registered = assertInstanceOf(Registered.class, answers.get(0));
        assertEquals(Epoch.of(1, TOPIC), registered.log().epoch());
        assertEquals(1, registered.log().uid());
        assertEquals(
                List.of(new LogIdentity.Earlier(1, 2)), registered.log().earlier(), "so its reader knows their order");
        assertEquals(2, registered.next());
        assertEquals(2, registered.head());
        assertEquals(List.of(2), values(answers));
        b2.producer.onMessage(new Ack(TOPIC, 0, SESSION, 2, 100L * FRAME_BYTES), b2.now());
        b2.after(0);
        assertEquals(
                2, assertInstanceOf(Gone.class, answers.get(answers.size() - 1)).head());
    }

    @Test
    @DisplayName("ruleD7: who has everything of a stream goes on in the one behind it, also one without messages")
    void goesOnBehind() {
        Incarnation b1 = first();
        b1.publish(1);
        new Incarnation(2, 100).opened(2);
        Incarnation b3 = new Incarnation(3, 100).opened(3);
        b3.publish(2);
        Registered empty = assertInstanceOf(
                Registered.class, b3.register(new Start.After(at(1, 1))).get(0));
        assertEquals(2, empty.log().uid());
        assertEquals(0, empty.head());
        List<ToConsumer> own = b3.register(new Start.After(at(2, 0)));
        assertEquals(0, assertInstanceOf(Registered.class, own.get(0)).log().uid());
        assertEquals(List.of(2), values(own));
    }

    @Test
    @DisplayName(
            "ruleD7: a stream that the store does not have is PRODUCER_RESTARTED; a position beyond its end is POSITION_UNKNOWN")
    void unknownPositions() {
        Incarnation b1 = first();
        b1.publish(1);
        Incarnation b2 = new Incarnation(2, 100).opened(2);
        CursorExpired other = assertInstanceOf(
                CursorExpired.class, b2.register(new Start.After(at(9, 1))).get(0));
        assertEquals(Reason.PRODUCER_RESTARTED, other.reason());
        assertEquals(0, other.log().uid());
        CursorExpired beyond = assertInstanceOf(
                CursorExpired.class, b2.register(new Start.After(at(1, 7))).get(0));
        assertEquals(Reason.POSITION_UNKNOWN, beyond.reason());
        assertEquals(1, beyond.log().uid());
        assertEquals(2, beyond.resumeAt());
    }

    @Test
    @DisplayName("ruleD5: of many quick restarts the newest 16 streams are kept, first those go that have no message")
    void manyRestarts() {
        first().publish(1);
        for (int i = 2; i <= 20; i++) {
            Incarnation one = new Incarnation(i, 100).opened(i);
            if (i % 2 == 0) {
                one.publish(i);
            }
        }
        Incarnation last = new Incarnation(21, 100).opened(21);
        assertEquals(List.of(1), values(last.register(new Start.After(at(1, 0)))));
        assertEquals(List.of(20), values(last.register(new Start.After(at(20, 0)))));
        assertInstanceOf(
                CursorExpired.class, last.register(new Start.After(at(3, 0))).get(0));
    }

    @Test
    @DisplayName("ruleD5: an incarnation that used the store and has no record in the log has published nothing")
    void usedTheStoreAlone() {
        Incarnation b1 = first();
        b1.publish(1);
        Incarnation b4 = new Incarnation(4, 100).opened(4, 1L, 2L, 3L);
        Registered empty = assertInstanceOf(
                Registered.class, b4.register(new Start.After(at(3, 0))).get(0));
        assertEquals(4, b4.uid);
        assertEquals(0, empty.log().uid(), "that is the answer of its own stream, which comes next");
        assertEquals(0, empty.head());
        Registered between = assertInstanceOf(
                Registered.class, b4.register(new Start.After(at(1, 1))).get(0));
        assertEquals(2, between.log().uid());
        assertEquals(
                List.of(1L, 2L, 3L),
                between.log().earlier().stream().map(LogIdentity.Earlier::uid).toList());
    }

    @Test
    @DisplayName("ruleD5: of one in front of all messages that are there nobody knows whether it is forgotten")
    void mayBeForgotten() {
        new Incarnation(2, 100).opened(2).publish(1);
        Incarnation b3 = new Incarnation(3, 100).opened(3, 1L, 2L);
        assertInstanceOf(
                CursorExpired.class, b3.register(new Start.After(at(1, 0))).get(0));
    }

    @Test
    @DisplayName("ruleD5: a smaller ring keeps the newest")
    void smallerRing() {
        Incarnation b1 = first();
        for (int i = 1; i <= 9; i++) {
            b1.publish(i);
        }
        Incarnation b2 = new Incarnation(2, 4).opened(2);
        List<ToConsumer> answers = b2.register(new Start.After(at(1, 1)));
        CursorExpired overrun = assertInstanceOf(CursorExpired.class, answers.get(0));
        assertEquals(Reason.OVERRUN, overrun.reason());
        assertEquals(List.of(8, 9), values(answers));
    }

    // ------------------------------------------------------------------ D9 to D11

    @Test
    @DisplayName("ruleD9: who leaves while a record is under way says no end before it is settled")
    void leavesUnsettled() {
        Incarnation b = first();
        b.register(Start.BEGINNING);
        b.answers = false;
        b.publish(1);
        b.producer.leave(b.now());
        b.after(0);
        assertEquals(List.of(), b.sent.stream().filter(Gone.class::isInstance).toList());
        assertEquals(OptionalLong.empty(), b.log.end());
        b.answerAll();
        b.producer.onMessage(new Ack(TOPIC, 0, SESSION, 1, 100L * FRAME_BYTES), b.now());
        b.after(0);
        assertEquals(
                1, assertInstanceOf(Gone.class, b.sent.get(b.sent.size() - 1)).head());
    }

    @Test
    @DisplayName("ruleD10: what the ring has no more is dropped, once a mark is stored that says what it said")
    void drops() {
        Incarnation b1 = new Incarnation(1, 4).opened(1);
        for (int i = 1; i <= 60; i++) {
            b1.publish(i);
            b1.after(0);
            b1.answerAll();
        }
        assertTrue(store.size() < 40, store.keySet()::toString);
        Incarnation b2 = new Incarnation(2, 4).opened(2);
        assertEquals(List.of(59, 60), values(b2.register(new Start.After(at(1, 58)))));
        CursorExpired overrun = assertInstanceOf(
                CursorExpired.class, b2.register(new Start.After(at(1, 3))).get(0));
        assertEquals(Reason.OVERRUN, overrun.reason());
    }

    @Test
    @DisplayName("ruleD11: a log in which a record is missing is broken, and never begun anew")
    void broken() {
        Incarnation b1 = first();
        b1.publish(1);
        b1.publish(2);
        store.remove(2L);
        Incarnation b2 = new Incarnation(2, 100).opened(2);
        assertTrue(b2.effects.stream().anyMatch(Effect.LogBroken.class::isInstance), b2.effects::toString);
        assertEquals(List.of(), b2.register(new Start.After(at(1, 0))));
        assertEquals(3, highest, "nothing is written there");
    }

    /** A repair found a record damaged, and put a mark in its place, which says up to where the stream was stored. */
    private void repaired(long number, long head) {
        LogRecord.Mark mark = new LogRecord.Mark(number, 1, 1, 1_000, List.of(new LogRecord.Head(1, head)));
        assertInstanceOf(LogRecord.Messages.class, store.put(number, mark));
    }

    @Test
    @DisplayName(
            "ruleD12: who comes to messages that a repaired store lacks is told how many these are, and goes on behind them; nobody else is told")
    void repairedAmid() {
        Incarnation b1 = first();
        for (int value = 1; value <= 5; value++) {
            b1.publish(value);
        }
        repaired(3, 2);
        repaired(4, 3);
        Incarnation b2 = new Incarnation(2, 100).opened(2);
        b2.publish(6);
        List<ToConsumer> before = b2.register(new Start.After(at(1, 0)));
        assertEquals(List.of(1), values(before));
        b2.producer.onMessage(new Ack(TOPIC, 0, SESSION, 1, 100L * FRAME_BYTES), b2.now());
        CursorExpired expired = assertInstanceOf(CursorExpired.class, before.get(before.size() - 1));
        assertEquals(Reason.OVERRUN, expired.reason());
        assertEquals(4, expired.resumeAt());
        b2.producer.onMessage(new Ack(TOPIC, 0, SESSION, 3, 100L * FRAME_BYTES), b2.now());
        assertEquals(List.of(1, 4, 5), values(before));
        List<ToConsumer> amid = b2.register(new Start.After(at(1, 2)));
        assertEquals(
                4,
                assertInstanceOf(CursorExpired.class, amid.get(amid.size() - 1)).resumeAt());
        List<ToConsumer> behind = b2.register(new Start.After(at(1, 3)));
        assertEquals(List.of(4, 5), values(behind));
        assertTrue(behind.stream().noneMatch(CursorExpired.class::isInstance), behind::toString);
        assertEquals(List.of(6), values(b2.register(new Start.After(at(1, 5)))));
        assertEquals(at(2, 1), b2.accepted(0));
    }

    @Test
    @DisplayName(
            "ruleD12: of a stream whose end a repaired store lacks who lacks some of that is told, and who has it all is not")
    void repairedAtTheEnd() {
        Incarnation b1 = first();
        for (int value = 1; value <= 3; value++) {
            b1.publish(value);
        }
        repaired(4, 3);
        Incarnation b2 = new Incarnation(2, 100).opened(2);
        b2.publish(4);
        List<ToConsumer> lacks = b2.register(new Start.After(at(1, 1)));
        assertEquals(List.of(2), values(lacks));
        b2.producer.onMessage(new Ack(TOPIC, 0, SESSION, 2, 100L * FRAME_BYTES), b2.now());
        assertTrue(lacks.stream().anyMatch(CursorExpired.class::isInstance), lacks::toString);
        assertEquals(List.of(4), values(b2.register(new Start.After(at(1, 3)))));
        Incarnation b3 = new Incarnation(3, 100).opened(3);
        assertEquals(List.of(1, 2), values(b3.register(Start.EARLIEST)), "and so for the next");
        b3.producer.onMessage(new Ack(TOPIC, 0, SESSION, 2, 100L * FRAME_BYTES), b3.now());
        assertTrue(b3.sent.stream().anyMatch(CursorExpired.class::isInstance), b3.sent::toString);
    }

    @Test
    @DisplayName("ruleD12: if more is lost than the ring would hold, what is before that is overwritten")
    void moreIsLostThanARingHolds() {
        Incarnation b1 = first();
        b1.publish(1);
        b1.publish(2);
        repaired(3, 8_192);
        Incarnation b2 = new Incarnation(2, 100).opened(2);
        b2.publish(3);
        CursorExpired expired = assertInstanceOf(
                CursorExpired.class, b2.register(new Start.After(at(1, 0))).get(0));
        assertEquals(Reason.OVERRUN, expired.reason());
        assertEquals(List.of(3), values(b2.register(Start.EARLIEST)));
        assertEquals(at(2, 1), b2.accepted(0));
    }

    @Test
    @DisplayName("ruleD10: restarts alone do not fill the store: messages in front of 256 marks go")
    void marksDoNotFillTheStore() {
        Incarnation first = first();
        first.publish(1);
        for (int i = 2; i <= 200; i++) {
            new Incarnation(i, 100).opened(i);
        }
        Incarnation soon = new Incarnation(201, 100).opened(201);
        assertEquals(List.of(1), values(soon.register(Start.EARLIEST)));
        for (int i = 202; i <= 400; i++) {
            new Incarnation(i, 100).opened(i);
        }
        assertTrue(store.size() < 256, "it has " + store.size() + " records");
        Incarnation late = new Incarnation(401, 100).opened(401);
        assertEquals(List.of(), values(late.register(Start.EARLIEST)));
        assertInstanceOf(
                CursorExpired.class, late.register(new Start.After(at(1, 0))).get(0));
    }

    @Test
    @DisplayName(
            "ruleP9: a log of which nothing was published here, and that nobody reads, is untouched; not while it is written to")
    void untouched() {
        first().publish(1);
        Incarnation second = new Incarnation(2, 100);
        assertFalse(second.producer.isUntouched(), "somebody may have asked, and asks again once it is open");
        second.opened(2);
        assertTrue(second.producer.isUntouched());
        second.answers = false;
        second.publish(1);
        assertFalse(second.producer.isUntouched());
        second.answerAll();
        assertFalse(second.producer.isUntouched());
    }

    @Test
    @DisplayName("ruleD9: who leaves before its store has answered has nothing to wait for")
    void leavesBeforeItIsOpen() {
        Incarnation second = new Incarnation(2, 100);
        second.producer.onStoreOpened(new Generation(2, List.of()), second.now());
        second.producer.leave(second.now());
        assertTrue(second.producer.isDrained(nowNs));
        second.answerAll();
        assertTrue(second.producer.isDrained(nowNs));
    }
}
