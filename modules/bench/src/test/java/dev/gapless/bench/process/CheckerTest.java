package dev.gapless.bench.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.bench.peer.BenchMessage;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CheckerTest {
    private static String verdict(long published, long... numbers) {
        Checker checker = new Checker();
        LongStream.of(numbers).forEach(checker::got);
        return checker.verdict(published);
    }

    private static void assertSaid(String part, String verdict) {
        assertTrue(verdict.contains(part), verdict);
    }

    @Test
    void findsNothingWrongWithEveryMessageOnceAndInOrder() {
        assertEquals("", verdict(4, 1, 2, 3, 4));
        assertEquals("", verdict(0));
    }

    @Test
    void noticesAMessageThatWasLost() {
        assertSaid("of 4 messages 1 were lost, 0 came late, 0 came twice", verdict(4, 1, 2, 4));
        assertSaid("the first is number 3", verdict(4, 1, 2, 4));
    }

    @Test
    void noticesThatTheFirstAndTheLastMessagesWereLost() {
        assertSaid("of 5 messages 2 were lost", verdict(5, 3, 4, 5));
        assertSaid("the first is number 1", verdict(5, 3, 4, 5));
        assertSaid("of 5 messages 2 were lost", verdict(5, 1, 2, 3));
        assertSaid("the first is number 4", verdict(5, 1, 2, 3));
        assertSaid("of 5 messages 5 were lost", verdict(5));
    }

    @Test
    void noticesAMessageThatCameTwice() {
        assertSaid("0 were lost, 0 came late, 1 came twice", verdict(3, 1, 2, 2, 3));
        assertSaid("0 were lost, 0 came late, 1 came twice", verdict(3, 1, 2, 3, 1));
    }

    @Test
    void noticesMessagesInAnotherOrder() {
        assertSaid("0 were lost, 1 came late, 0 came twice", verdict(4, 1, 3, 2, 4));
        assertSaid("the first is number 2", verdict(4, 1, 3, 2, 4));
        assertSaid("0 were lost, 1 came late, 1 came twice", verdict(4, 1, 3, 2, 2, 4));
    }

    @Test
    void noticesMessagesThatNobodyPublished() {
        assertSaid("2 were never published", verdict(1, 1, 2, 3));
    }

    @Test
    void countsWhatWasAnnouncedAsMissing() {
        Checker checker = new Checker();
        checker.got(1);
        checker.gotGap(2, 3);
        checker.got(5);
        assertEquals("", checker.verdict(5));
        assertEquals(3, checker.announced());
        checker.gotGap(6, 2);
        assertEquals("", checker.verdict(7));
    }

    @Test
    void noticesAGapThatIsNotWhatIsMissing() {
        Checker tooFew = new Checker();
        tooFew.got(1);
        tooFew.gotGap(2, 2);
        tooFew.got(5);
        assertSaid("1 were lost", tooFew.verdict(5));
        Checker tooMany = new Checker();
        tooMany.got(1);
        tooMany.gotGap(2, 4);
        tooMany.got(5);
        assertSaid("1 came twice", tooMany.verdict(5));
        Checker elsewhere = new Checker();
        elsewhere.got(1);
        elsewhere.gotGap(3, 1);
        elsewhere.got(4);
        assertSaid("1 gaps were announced wrongly", elsewhere.verdict(4));
    }

    @Test
    void aRestartedPublisherBeginsAnew() {
        Reception reception = new Reception();
        reception.take(BenchMessage.of(BenchMessage.BYTES, 1, 0), 0, BenchMessage.BYTES);
        reception.takeRestart();
        reception.take(BenchMessage.of(BenchMessage.BYTES, 1, 0), 0, BenchMessage.BYTES);
        reception.take(BenchMessage.of(BenchMessage.BYTES, 2, 0), 0, BenchMessage.BYTES);
        assertEquals("", said(reception, 2));
        assertEquals(1, reception.story().restarts());
    }

    @Test
    void noticesAHoleBeforeARestart() {
        Reception reception = new Reception();
        reception.take(BenchMessage.of(BenchMessage.BYTES, 1, 0), 0, BenchMessage.BYTES);
        reception.take(BenchMessage.of(BenchMessage.BYTES, 3, 0), 0, BenchMessage.BYTES);
        reception.takeRestart();
        assertSaid("before the publisher was restarted: of 3 messages 1 were lost", said(reception, 0));
    }

    @Test
    void isLevelWithTheFirstMessageInTimeAfterLateOnes() {
        Reception reception = new Reception();
        long nowNs = System.nanoTime();
        reception.measure(new Window(nowNs - 60_000_000_000L, nowNs + 600_000_000_000L));
        reception.take(BenchMessage.of(BenchMessage.BYTES, 1, System.nanoTime()), 0, BenchMessage.BYTES);
        assertEquals(0, reception.story().levelNs());
        reception.take(
                BenchMessage.of(BenchMessage.BYTES, 2, System.nanoTime() - 1_000_000_000L), 0, BenchMessage.BYTES);
        assertEquals(0, reception.story().levelNs());
        reception.take(
                BenchMessage.of(BenchMessage.BYTES, 3, System.nanoTime() + 1_000_000_000L), 0, BenchMessage.BYTES);
        assertTrue(reception.story().levelNs() - nowNs > 0);
    }

    @Test
    void noticesADamagedMessage() {
        byte[] message = BenchMessage.of(BenchMessage.BYTES, 1, 0);
        Reception reception = new Reception();
        reception.take(message, 0, BenchMessage.BYTES);
        byte[] damaged = BenchMessage.of(BenchMessage.BYTES, 2, 0);
        damaged[BenchMessage.BYTES - 1] ^= 1;
        reception.take(damaged, 0, BenchMessage.BYTES);
        reception.take(BenchMessage.of(BenchMessage.BYTES, 3, 0), 0, BenchMessage.BYTES);
        assertEquals(2, reception.received());
        assertSaid("1 were lost, 0 came late, 0 came twice, 1 were damaged", said(reception, 3));
    }

    @Test
    void believesThePeerThatSomethingIsMissing() {
        Reception reception = new Reception();
        reception.take(BenchMessage.of(BenchMessage.BYTES, 1, 0), 0, BenchMessage.BYTES);
        reception.takeProblem("a gap");
        reception.takeProblem("another one");
        assertEquals("a gap", said(reception, 1));
    }

    @Test
    void readsAMessageInTheMidstOfABuffer() {
        int length = BenchMessage.BYTES;
        byte[] buffer = new byte[3 * length];
        System.arraycopy(BenchMessage.of(length, 1, 17), 0, buffer, length, length);
        assertTrue(BenchMessage.isWhole(buffer, length, length));
        assertEquals(1, BenchMessage.numberAt(buffer, length));
        assertEquals(17, BenchMessage.intendedNsAt(buffer, length, length));
        assertFalse(BenchMessage.isWhole(buffer, length + 1, length));
        assertFalse(BenchMessage.isWhole(buffer, length, length - 1));
        assertFalse(BenchMessage.isWhole(buffer, 2 * length + 1, length));
    }

    @Test
    void theSmallestMessageHasNoTime() {
        byte[] message = BenchMessage.of(BenchMessage.FEWEST_BYTES, 7, 17);
        assertTrue(BenchMessage.isWhole(message, 0, message.length));
        assertEquals(7, BenchMessage.numberAt(message, 0));
        assertEquals(0, BenchMessage.intendedNsAt(message, 0, message.length));
        assertFalse(BenchMessage.isWhole(message, 0, message.length - 1));
    }

    @Test
    void timesOnlyWhatWasToBeSentWithinTheWindow() {
        long nowNs = System.nanoTime();
        Reception reception = new Reception();
        reception.measure(new Window(nowNs - 3_000_000_000L, nowNs - 1_000_000_000L));
        reception.take(BenchMessage.of(BenchMessage.BYTES, 1, nowNs - 4_000_000_000L), 0, BenchMessage.BYTES);
        reception.take(BenchMessage.of(BenchMessage.BYTES, 2, nowNs - 2_000_000_000L), 0, BenchMessage.BYTES);
        reception.take(BenchMessage.of(BenchMessage.BYTES, 3, nowNs - 500_000_000L), 0, BenchMessage.BYTES);
        reception.take(BenchMessage.of(BenchMessage.BYTES, 4, 0), 0, BenchMessage.BYTES);
        assertEquals(1, reception.latencies().getTotalCount());
        assertTrue(reception.latencies().getMinValue() >= 1_990_000_000L, reception.latencies()::toString);
        assertEquals("", said(reception, 4));
    }

    private static String said(Reception reception, long published) {
        return reception.verdict(published);
    }
}
