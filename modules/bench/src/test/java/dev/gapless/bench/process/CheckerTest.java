package dev.gapless.bench.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.bench.peer.Message;
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
    void noticesADamagedMessage() {
        byte[] message = Message.of(1, 0);
        Reception reception = new Reception();
        reception.take(message, 0);
        byte[] damaged = Message.of(2, 0);
        damaged[Message.BYTES - 1] ^= 1;
        reception.take(damaged, 0);
        reception.take(Message.of(3, 0), 0);
        assertEquals(2, reception.received());
        assertSaid("1 were lost, 0 came late, 0 came twice, 1 were damaged", said(reception, 3));
    }

    @Test
    void believesThePeerThatSomethingIsMissing() {
        Reception reception = new Reception();
        reception.take(Message.of(1, 0), 0);
        reception.takeProblem("a gap");
        reception.takeProblem("another one");
        assertEquals("a gap", said(reception, 1));
    }

    @Test
    void readsAMessageInTheMidstOfABuffer() {
        byte[] buffer = new byte[3 * Message.BYTES];
        System.arraycopy(Message.of(1, 17), 0, buffer, Message.BYTES, Message.BYTES);
        assertTrue(Message.isWhole(buffer, Message.BYTES));
        assertEquals(1, Message.numberAt(buffer, Message.BYTES));
        assertEquals(17, Message.intendedNsAt(buffer, Message.BYTES));
        assertTrue(!Message.isWhole(buffer, Message.BYTES + 1));
        assertTrue(!Message.isWhole(buffer, 2 * Message.BYTES + 1));
    }

    @Test
    void timesOnlyWhatWasToBeSentWithinTheWindow() {
        long nowNs = System.nanoTime();
        Reception reception = new Reception();
        reception.measure(new Window(nowNs - 3_000_000_000L, nowNs - 1_000_000_000L));
        reception.take(Message.of(1, nowNs - 4_000_000_000L), 0);
        reception.take(Message.of(2, nowNs - 2_000_000_000L), 0);
        reception.take(Message.of(3, nowNs - 500_000_000L), 0);
        reception.take(Message.of(4, 0), 0);
        assertEquals(1, reception.latencies().getTotalCount());
        assertTrue(reception.latencies().getMinValue() >= 1_990_000_000L, reception.latencies()::toString);
        assertEquals("", said(reception, 4));
    }

    private static String said(Reception reception, long published) {
        try {
            return reception.await(published, 0);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
