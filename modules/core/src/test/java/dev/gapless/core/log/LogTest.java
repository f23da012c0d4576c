package dev.gapless.core.log;

import static dev.gapless.core.Given.content;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Given;
import dev.gapless.core.Overflow;
import dev.gapless.core.Position;
import dev.gapless.core.ResumeAfterExpiry;
import dev.gapless.core.TopicSettings;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LogTest {
    private static final TopicSettings WAITING = Given.settings(2, Overflow.BACKPRESSURE, ResumeAfterExpiry.HEAD);
    private static final Ticket NOBODY = outcome -> {};
    private static final long DAY_MS = 86_400_000;
    private static final long NOON_MS = 1_700_000_000_000L;

    private static Log log(int messages) {
        return new Log(Given.LOG, Given.ring(messages), Gate.opened());
    }

    private static Position publish(Log log, long nowMs) {
        return ((Admission.Accepted) log.publish(content(1), nowMs, 0, NOBODY)).position();
    }

    @Test
    @DisplayName("G7: sequences rise by one from 1")
    void sequences() {
        Log log = log(4);
        assertEquals(new Position(Given.EPOCH, 1), publish(log, 1));
        assertEquals(new Position(Given.EPOCH, 2), publish(log, 1));
    }

    @Test
    @DisplayName("its end is its last sequence, 0 if nothing was published, and nothing is published any more")
    void end() {
        assertEquals(OptionalLong.of(0), log(4).end());
        Log log = log(2);
        for (int i = 1; i <= 5; i++) {
            publish(log, i);
        }
        assertEquals(OptionalLong.of(5), log.end());
        assertInstanceOf(Admission.Closed.class, log.publish(content(1), 9, 0, NOBODY));
        assertEquals(OptionalLong.of(5), log.end());
    }

    @Test
    @DisplayName("ruleP11: publish times never decrease, whatever the clock does")
    void timesNeverDecrease() {
        Log log = log(4);
        publish(log, 100);
        publish(log, 50);
        Reading.Messages read = assertInstanceOf(Reading.Messages.class, log.read(1, 10, 10_000));
        assertEquals(100, read.slices().get(0).publishedMs(1));
    }

    @Test
    @DisplayName("ruleP11: the first message since a time, 0 if it may have been overwritten")
    void firstSince() {
        Log log = log(3);
        for (int i = 1; i <= 5; i++) {
            publish(log, i * 10L);
        }
        assertEquals(3, log.firstSince(30));
        assertEquals(3, log.firstSince(21), "20 is overwritten, and 21 came later");
        assertEquals(0, log.firstSince(20));
        assertEquals(0, log.firstSince(5));
        assertEquals(6, log.firstSince(51));
    }

    @Test
    @DisplayName(
            "rowB3, ruleP2: since a millisecond begins with the first that was published in it, told if part of it is gone")
    void sinceIsInclusive() {
        Log log = log(4);
        for (long ms : new long[] {10, 20, 20, 30}) {
            publish(log, ms);
        }
        assertEquals(2, log.firstSince(20));
        assertEquals(2, log.firstSince(11));
        assertEquals(4, log.firstSince(21));
        assertEquals(5, log.firstSince(31));
        publish(log, 40);
        publish(log, 40);
        assertEquals(0, log.firstSince(20), "one of 20 is overwritten, the other is there");
        assertEquals(4, log.firstSince(21));
    }

    @Test
    @DisplayName(
            "rowB3, ruleP11: where the clock jumps a day, since begins too early at most, or is told: never too late")
    void sinceWhereTheClockJumps() {
        Log ahead = log(3);
        publish(ahead, NOON_MS);
        publish(ahead, NOON_MS + DAY_MS);
        publish(ahead, NOON_MS + 10); // back again
        assertEquals(2, ahead.firstSince(NOON_MS + 5));
        assertEquals(2, ahead.firstSince(NOON_MS + 11), "published before that, by a clock that was right");
        assertEquals(4, ahead.firstSince(NOON_MS + DAY_MS + 1));
        publish(ahead, NOON_MS + 20);
        publish(ahead, NOON_MS + 30);
        assertEquals(0, ahead.firstSince(NOON_MS + 11), "what is overwritten may have been of then");

        Log back = log(3);
        publish(back, NOON_MS);
        publish(back, NOON_MS - DAY_MS);
        publish(back, NOON_MS - DAY_MS + 10);
        assertEquals(1, back.firstSince(NOON_MS - DAY_MS + 5));
        assertEquals(1, back.firstSince(NOON_MS));
        assertEquals(4, back.firstSince(NOON_MS + 1));
    }

    @Test
    @DisplayName(
            "ruleP12: where the clock jumps a day, max-age drops nothing early and keeps nothing: it goes by elapsed time")
    void maxAgeWhereTheClockJumps() {
        for (long jumpMs : new long[] {DAY_MS, -DAY_MS}) {
            Log log =
                    new Log(Given.LOG, Given.ring(8).with(draft -> draft.maxAgeNs = 16 * Given.SECOND), Gate.opened());
            log.publish(content(1), NOON_MS, 0, NOBODY);
            log.dropOld(0);
            log.publish(content(2), NOON_MS + jumpMs, Given.SECOND, NOBODY);
            log.dropOld(Given.SECOND);
            log.dropOld(15 * Given.SECOND);
            assertEquals(2, log.size());
            log.dropOld(18 * Given.SECOND);
            assertEquals(0, log.size());
        }
    }

    @Test
    @DisplayName("ruleP4: who reads what is overwritten is told, and never gets another message")
    void overrun() {
        Log log = log(3);
        for (int i = 1; i <= 5; i++) {
            publish(log, i);
        }
        assertSame(Reading.OVERRUN, log.read(2, 10, 10_000));
        assertSame(Reading.EMPTY, log.read(6, 10, 10_000));
        assertEquals(3, count(log.read(3, 10, 10_000)));
    }

    @Test
    void aPublishThatWaitsKeepsWhatWasLentToIt() {
        Log log = new Log(Given.LOG, Given.settings(1, Overflow.BACKPRESSURE, ResumeAfterExpiry.HEAD), Gate.opened());
        log.hold();
        byte[] lent = {1};
        for (int i = 0; i < 2; i++) {
            log.publish(new Content(null, false, Map.of(), new Format(1, ""), lent, true), 1, 0, NOBODY);
            lent[0]++;
        }
        assertEquals(1, log.waiting());
        log.release(Ring.ALL, 1);
        Reading.Messages read = assertInstanceOf(Reading.Messages.class, log.read(2, 10, 10_000));
        assertEquals(2, read.slices().get(0).content(0)[0], "as it was when it was published");
    }

    @Test
    void readsAtLeastOneMessageAndThenWhatFits() {
        Log log = log(8);
        for (int i = 1; i <= 5; i++) {
            publish(log, i);
        }
        assertEquals(1, count(log.read(1, 10, 1)));
        assertEquals(2, count(log.read(1, 10, 2L * Given.FRAME_BYTES)));
        assertEquals(3, count(log.read(1, 3, 10_000)));
    }

    @Test
    @DisplayName("backpressure: a publish waits for room, in order, and later ones wait behind it")
    void waitsForRoomInOrder() {
        Log log = new Log(Given.LOG, WAITING, Gate.opened());
        log.release(0, 0);
        List<Admission> settled = new ArrayList<>();
        publish(log, 1);
        publish(log, 1);
        assertInstanceOf(Admission.Waiting.class, log.publish(content(3), 1, 0, settled::add));
        assertInstanceOf(Admission.Waiting.class, log.publish(content(4), 1, 0, settled::add));
        log.release(1, 1);
        assertEquals(List.of(new Admission.Accepted(new Position(Given.EPOCH, 3))), settled);
        assertEquals(1, log.waiting());
        log.release(2, 1);
        assertEquals(new Admission.Accepted(new Position(Given.EPOCH, 4)), settled.get(1));
        assertEquals(2, log.size());
    }

    @Test
    @DisplayName(
            "backpressure: what may not wait gets no sequence where it would have to, nor behind one that waits, nor in a closed log")
    void noSequenceWhereItWouldWait() {
        Log log = new Log(Given.LOG, WAITING, Gate.opened());
        log.release(0, 0);
        assertEquals(1, log.tryPublish(content(1), 1));
        List<Content> three = List.of(content(2), content(3), content(4));
        assertEquals(new Log.Sequences(2, 1), log.tryPublish(three, 1));
        assertEquals(0, log.tryPublish(content(3), 1));
        assertInstanceOf(Admission.Waiting.class, log.publish(content(3), 1, 0, NOBODY));
        log.release(1, 1);
        assertEquals(3, log.head());
        assertInstanceOf(Admission.Waiting.class, log.publish(content(4), 1, 0, NOBODY));
        assertEquals(0, log.tryPublish(three, 1).count(), "behind one that waits");
        log.close();
        log.release(3, 1);
        assertEquals(0, log.tryPublish(content(5), 1));
    }

    @Test
    @DisplayName("ruleP11: of messages that are gone the time of the last counts, wherever in a segment it lay")
    void theTimeOfTheLastThatIsGone() {
        Log log = new Log(Given.LOG, Given.ring(4), Gate.opened());
        for (int i = 1; i <= 40; i++) {
            publish(log, 10L * i);
            long gone = log.oldest() - 1;
            assertEquals(gone == 0 ? 1 : 0, log.firstSince(10 * gone));
            assertEquals(log.oldest(), log.firstSince(10 * gone + 1));
        }
    }

    @Test
    @DisplayName("backpressure: the number that waits is bounded, and so is how long")
    void waitingIsBounded() {
        Log log = new Log(Given.LOG, WAITING, Gate.opened());
        log.release(0, 0);
        List<Admission> settled = new ArrayList<>();
        publish(log, 1);
        publish(log, 1);
        for (int i = 0; i < 3; i++) {
            log.publish(content(i), 1, 0, settled::add);
        }
        assertEquals(new Admission.TooMany(3, Awaited.ROOM), log.publish(content(9), 1, 0, settled::add));
        log.expireWaiters(10 * Given.SECOND - 1);
        assertTrue(settled.isEmpty());
        log.expireWaiters(10 * Given.SECOND);
        assertEquals(3, settled.size());
        assertEquals(new Admission.TimedOut(Awaited.ROOM), settled.get(0));
    }

    @Test
    @DisplayName(
            "ruleP14: until its node is up a publish waits, in order and so many, and so does what comes behind it")
    void waitsUntilItsNodeIsUp() {
        Gate gate = new Gate();
        Log log = new Log(Given.LOG, Given.ring(2).with(draft -> draft.maxPendingPublishes = 3), gate);
        List<Admission> settled = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            assertInstanceOf(Admission.Waiting.class, log.publish(content(i), 1, 0, settled::add));
        }
        assertEquals(new Admission.TooMany(3, Awaited.MEMBERSHIP), log.publish(content(4), 1, 0, settled::add));
        log.release(Ring.ALL, 1);
        assertEquals(List.of(), settled);
        assertEquals(0, log.head());
        gate.open();
        assertInstanceOf(Admission.TooMany.class, log.publish(content(5), 1, 0, settled::add), "behind those");
        log.release(Ring.ALL, 1);
        assertEquals(List.of(accepted(1), accepted(2), accepted(3)), settled);
        assertEquals(accepted(4), log.publish(content(6), 1, 0, settled::add));
    }

    private static Admission accepted(long sequence) {
        return new Admission.Accepted(new Position(Given.EPOCH, sequence));
    }

    @Test
    @DisplayName("ruleP14: a publish does not wait for ever for its node to be up, and is told for what it waited")
    void waitsInVainForItsNodeToBeUp() {
        Log log = new Log(Given.LOG, Given.ring(2), new Gate());
        List<Admission> settled = new ArrayList<>();
        log.publish(content(1), 1, 0, settled::add);
        assertEquals(Given.ring(2).backpressureTimeoutNs(), log.waitersDueNs());
        log.expireWaiters(log.waitersDueNs());
        assertEquals(List.of(new Admission.TimedOut(Awaited.MEMBERSHIP)), settled);
        assertEquals(0, log.head());
    }

    @Test
    @DisplayName("ruleP7: a closed log refuses what waits and what comes, and its head stays")
    void closed() {
        Log log = new Log(Given.LOG, WAITING, Gate.opened());
        log.release(0, 0);
        List<Admission> settled = new ArrayList<>();
        publish(log, 1);
        publish(log, 1);
        log.publish(content(3), 1, 0, settled::add);
        log.close();
        assertInstanceOf(Admission.Closed.class, settled.get(0));
        assertInstanceOf(Admission.Closed.class, log.publish(content(4), 1, 0, settled::add));
        log.release(2, 1);
        assertEquals(2, log.head());
    }

    @Test
    @DisplayName(
            "silentGapOverwriteDuringFlush: 1,000 publishers, a ring of 100: delivered and announced are all there is")
    void deliveredAndAnnouncedAddUp() throws Exception {
        int publishers = 1_000;
        long each = 40;
        Log log = log(100);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> publishing = new ArrayList<>();
            for (int p = 0; p < publishers; p++) {
                int publisher = p;
                publishing.add(threads.submit(() -> {
                    for (int i = 0; i < each; i++) {
                        byte[] bytes = ByteBuffer.allocate(8)
                                .putInt(publisher)
                                .putInt(i)
                                .array();
                        log.publish(Content.of(1, "", bytes), 1, 0, NOBODY);
                    }
                }));
            }
            Cursor cursor = new Cursor(publishers);
            while (cursor.next <= publishers * each) {
                cursor.read(log);
            }
            for (Future<?> one : publishing) {
                one.get();
            }
            assertEquals(publishers * each, cursor.delivered + cursor.announced);
            assertTrue(cursor.delivered >= 100);
        } finally {
            threads.shutdownNow();
        }
    }

    /** Reads a log, goes on where the ring is when it was overtaken, and checks each publisher's order. */
    private static final class Cursor {
        final int[] last;
        long next = 1;
        long delivered;
        long announced;

        Cursor(int publishers) {
            last = new int[publishers];
            java.util.Arrays.fill(last, -1);
        }

        void read(Log log) {
            Reading reading = log.read(next, 64, 1 << 20);
            if (reading instanceof Reading.Messages messages) {
                messages.slices().forEach(this::read);
            } else if (reading instanceof Reading.Overrun) {
                long oldest = log.oldest();
                announced += oldest - next;
                next = oldest;
            }
        }

        private void read(Slice slice) {
            for (int i = 0; i < slice.count(); i++) {
                ByteBuffer bytes = ByteBuffer.wrap(slice.content(i));
                int publisher = bytes.getInt();
                int number = bytes.getInt();
                assertTrue(number > last[publisher], "in the order of its thread, and once");
                last[publisher] = number;
                next++;
                delivered++;
            }
        }
    }

    private static int count(Reading reading) {
        return assertInstanceOf(Reading.Messages.class, reading).slices().stream()
                .mapToInt(Slice::count)
                .sum();
    }
}
