package dev.gapless.core.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class RingTest {
    /** So many entries of one size. */
    private record Numbered(long first, int count, long size) implements Ring.Piece {
        @Override
        public long sizeBytes(long from, long to) {
            assertTrue(first <= from && from <= to && to < first + count, from + " to " + to + " are not in " + this);
            return size * (to - from + 1);
        }
    }

    private static void append(Ring<Numbered> ring, long sizeBytes, long evictable) {
        append(ring, 1, sizeBytes, evictable, (piece, upTo) -> {});
    }

    private static void append(
            Ring<Numbered> ring, int count, long sizeBytes, long evictable, Ring.Evicted<Numbered> evicted) {
        ring.makeRoom(count, count * sizeBytes, evictable, evicted);
        ring.add(new Numbered(ring.head() + 1, count, sizeBytes));
        ring.added(count, count * sizeBytes);
    }

    @Test
    void isEmptyAtFirst() {
        Ring<Numbered> ring = new Ring<>(4, 100, 5);
        assertEquals(5, ring.oldest());
        assertEquals(4, ring.head());
        assertNull(ring.get(5));
    }

    @Test
    void keepsTheNewestEntries() {
        Ring<Numbered> ring = new Ring<>(20, 1_000, 1);
        List<Long> evicted = new ArrayList<>();
        for (int i = 1; i <= 50; i++) {
            append(ring, 1, 1, Ring.ALL, (piece, upTo) -> evicted.add(upTo));
        }
        assertEquals(31, ring.oldest());
        assertEquals(20, ring.size());
        assertEquals(20, ring.bytes());
        assertNull(ring.get(30));
        assertEquals(31, ring.get(31).first());
        assertEquals(30, evicted.size());
    }

    @Test
    void evictsAndKeepsTheRest() {
        Ring<Numbered> ring = new Ring<>(1_000, 1_000, 1);
        for (int i = 1; i <= 500; i++) {
            append(ring, 1, Ring.ALL);
        }
        List<Long> evicted = new ArrayList<>();
        ring.evict(497, (piece, upTo) -> evicted.add(upTo));
        assertEquals(497, evicted.size());
        assertEquals(3, ring.size());
        assertEquals(3, ring.bytes());
        assertNull(ring.get(497));
        for (long i = 498; i <= 500; i++) {
            assertEquals(i, ring.get(i).first());
        }
        for (int i = 501; i <= 1_600; i++) { // in the smaller array, and beyond
            append(ring, 1, Ring.ALL);
            assertEquals(i, ring.get(i).first());
        }
        assertEquals(601, ring.oldest());
        ring.evict(Long.MAX_VALUE, (piece, upTo) -> {});
        assertEquals(1_601, ring.oldest());
        assertEquals(1_600, ring.head());
        assertEquals(0, ring.bytes());
    }

    @Test
    void isBoundedInBytesToo() {
        Ring<Numbered> ring = new Ring<>(100, 10, 1);
        append(ring, 4, Ring.ALL);
        append(ring, 4, Ring.ALL);
        append(ring, 4, Ring.ALL);
        assertEquals(2, ring.oldest());
        assertEquals(8, ring.bytes());
    }

    @Test
    void holdsAnEntryThatIsLargerThanItsBoundAlone() {
        Ring<Numbered> ring = new Ring<>(100, 10, 1);
        append(ring, 4, Ring.ALL);
        append(ring, 40, Ring.ALL);
        assertEquals(2, ring.oldest());
        assertEquals(1, ring.size());
    }

    @Test
    void isFullWhenWhatWouldGoMustNot() {
        Ring<Numbered> ring = new Ring<>(2, 100, 1);
        append(ring, 1, 0);
        assertFalse(ring.isFullFor(1, 1, 0));
        append(ring, 1, 0);
        assertTrue(ring.isFullFor(1, 1, 0));
        assertFalse(ring.isFullFor(1, 1, 1));
        append(ring, 1, 0); // beyond its bounds rather than over what must stay
        assertEquals(3, ring.size());
        assertEquals(1, ring.get(1).first());
    }

    @Test
    void aPieceIsAskedForOneEntryIfThatIsEnough() {
        Ring<Ring.Piece> ring = new Ring<>(10, 1_000, 1);
        ring.add(new Ring.Piece() {
            @Override
            public long first() {
                return 1;
            }

            @Override
            public long sizeBytes(long from, long to) {
                assertEquals(from, to, "it would look at each of them");
                return 1;
            }
        });
        ring.added(10, 10);
        assertFalse(ring.isFullFor(1, 1, 9));
        assertTrue(ring.isFullFor(1, 1, 0));
    }

    @Test
    void piecesGoEntryByEntry() {
        Ring<Numbered> ring = new Ring<>(10, 1_000, 1);
        List<String> evicted = new ArrayList<>();
        Ring.Evicted<Numbered> announced = (piece, upTo) -> evicted.add(piece.first() + " up to " + upTo);
        append(ring, 6, 1, Ring.ALL, announced); // 1 to 6
        append(ring, 4, 1, Ring.ALL, announced); // 7 to 10
        append(ring, 2, 1, Ring.ALL, announced); // 11 and 12
        assertEquals(List.of("1 up to 2"), evicted);
        assertEquals(3, ring.oldest());
        assertNull(ring.get(2), "its piece is there for others");
        assertEquals(1, ring.get(3).first());
        assertEquals(7, ring.get(10).first());
        assertEquals(11, ring.get(12).first());
        append(ring, 7, 1, Ring.ALL, announced); // 13 to 19
        assertEquals(List.of("1 up to 2", "1 up to 6", "7 up to 9"), evicted);
        assertEquals(10, ring.oldest());
        assertEquals(10, ring.size());
        assertEquals(10, ring.bytes());
        assertTrue(ring.isFullFor(1, 1, 9), "10 must not go");
        assertFalse(ring.isFullFor(3, 3, 12));
        assertTrue(ring.isFullFor(4, 4, 12), "13 must not go");
    }

    @Test
    void theNewestPieceStaysUntilAnotherComes() {
        Ring<Numbered> ring = new Ring<>(2, 1_000, 1);
        append(ring, 1, Ring.ALL);
        ring.makeRoom(2, 2, Ring.ALL, (piece, upTo) -> {});
        assertEquals(0, ring.size());
        assertEquals(1, ring.newest().first());
        append(ring, 2, 1, Ring.ALL, (piece, upTo) -> {});
        assertEquals(2, ring.get(2).first());
        assertEquals(2, ring.size());
        List<Long> evicted = new ArrayList<>();
        append(ring, 2, 1, Ring.ALL, (piece, upTo) -> evicted.add(upTo));
        assertEquals(List.of(3L), evicted, "nothing goes twice");
        ring.evict(Ring.ALL, (piece, upTo) -> {});
        assertNull(ring.newest());
        append(ring, 1, Ring.ALL);
        assertEquals(6, ring.get(6).first());
    }

    @Test
    void readersThatAreOvertakenNeverSeeAWrongEntry() throws Exception {
        Ring<Numbered> ring = new Ring<>(16, 1 << 20, 1);
        int entries = 200_000;
        CountDownLatch begin = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            List<Future<Long>> readers = new ArrayList<>();
            for (int r = 0; r < 2; r++) {
                readers.add(threads.submit(() -> {
                    begin.await();
                    long seen = 0;
                    for (long at = 1; at <= entries; ) {
                        long head = ring.head();
                        Numbered entry = ring.get(at);
                        if (entry != null) {
                            assertEquals(at, entry.first());
                            seen++;
                            at++;
                        } else if (at <= head) {
                            long oldest = ring.oldest();
                            assertTrue(oldest > at, "an entry that is not there is overwritten");
                            at = oldest;
                        }
                    }
                    return seen;
                }));
            }
            begin.countDown();
            for (int i = 0; i < entries; i++) {
                append(ring, 1, Ring.ALL);
            }
            for (Future<Long> reader : readers) {
                assertTrue(reader.get() >= 1);
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
