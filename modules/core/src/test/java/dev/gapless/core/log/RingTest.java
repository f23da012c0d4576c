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
    private record Numbered(long index, long sizeBytes) implements Ring.Entry {}

    private static void append(Ring<Numbered> ring, long sizeBytes, long evictable) {
        ring.append(new Numbered(ring.head() + 1, sizeBytes), evictable, gone -> {});
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
            ring.append(new Numbered(i, 1), Ring.ALL, gone -> evicted.add(gone.index()));
        }
        assertEquals(31, ring.oldest());
        assertEquals(20, ring.size());
        assertEquals(20, ring.bytes());
        assertNull(ring.get(30));
        assertEquals(31, ring.get(31).index());
        assertEquals(30, evicted.size());
    }

    @Test
    void evictsAndKeepsTheRest() {
        Ring<Numbered> ring = new Ring<>(1_000, 1_000, 1);
        for (int i = 1; i <= 500; i++) {
            append(ring, 1, Ring.ALL);
        }
        List<Long> evicted = new ArrayList<>();
        ring.evict(497, gone -> evicted.add(gone.index()));
        assertEquals(497, evicted.size());
        assertEquals(3, ring.size());
        assertEquals(3, ring.bytes());
        assertNull(ring.get(497));
        for (long i = 498; i <= 500; i++) {
            assertEquals(i, ring.get(i).index());
        }
        for (int i = 501; i <= 1_600; i++) { // in the smaller array, and beyond
            append(ring, 1, Ring.ALL);
            assertEquals(i, ring.get(i).index());
        }
        assertEquals(601, ring.oldest());
        ring.evict(Long.MAX_VALUE, gone -> {});
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
        assertFalse(ring.isFullFor(1, 0));
        append(ring, 1, 0);
        assertTrue(ring.isFullFor(1, 0));
        assertFalse(ring.isFullFor(1, 1));
        append(ring, 1, 0); // beyond its bounds rather than over what must stay
        assertEquals(3, ring.size());
        assertEquals(1, ring.get(1).index());
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
                            assertEquals(at, entry.index());
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
