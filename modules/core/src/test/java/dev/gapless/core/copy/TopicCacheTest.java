package dev.gapless.core.copy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.gapless.core.Epoch;
import dev.gapless.core.Given;
import dev.gapless.core.log.Slice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The messages of a topic that a node has not published itself. */
class TopicCacheTest {
    private static final Epoch A = new Epoch(1);
    private static final Epoch B = new Epoch(2);
    /** What a message alone in its piece is charged for. */
    private static final int PIECE_BYTES = Given.FRAME_BYTES + Piece.OVERHEAD_BYTES;

    private final Map<Epoch, Long> foremost = new HashMap<>();
    private final TopicCache.Needs needs = (epoch, sequence) -> sequence > foremost.getOrDefault(epoch, Long.MAX_VALUE);

    private final TopicCache cache = new TopicCache(4, 400L * PIECE_BYTES);

    @Test
    @DisplayName("what came first goes first, over all producers")
    void oldestArrival() {
        push(A, 96, 98);
        push(B, 1, 1);
        push(A, 99, 99);
        assertEquals("A97 A98 A99 B1", cached());
        push(A, 100, 101);
        assertEquals("A99 A100 A101 B1", cached());
        push(A, 102, 102);
        assertEquals("A99 A100 A101 A102", cached(), "B1 came before A99");
        assertEquals(4, cache.messages());
        assertEquals(4L * PIECE_BYTES, cache.bytes());
    }

    @Test
    @DisplayName("what is needed stays as long as other messages can go in its place")
    void needed() {
        foremost.put(A, 1L);
        push(A, 1, 3);
        push(B, 1, 3);
        assertEquals("A2 A3 B2 B3", cached());
        foremost.put(B, 0L);
        push(A, 4, 5);
        assertEquals("A4 A5 B2 B3", cached(), "all is needed: the oldest goes, and can be fetched");
        foremost.put(A, 4L);
        push(A, 6, 6);
        assertEquals("A5 A6 B2 B3", cached());
    }

    @Test
    @DisplayName("of an answer that is larger than the room for fetched messages the first ones stay")
    void largeAnswer() {
        TopicCache small = new TopicCache(4, 8L * PIECE_BYTES);
        small.fetched(B, 7, Given.slices(7, 7), 0);
        List<Slice> four = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            four.addAll(Given.slices(i, i));
        }
        small.fetched(A, 1, four, 0);
        assertNotNull(small.find(A, 1));
        assertNotNull(small.find(A, 2));
        assertNull(small.find(A, 3));
        assertNull(small.find(B, 7), "it came before");
        assertEquals(2L * PIECE_BYTES, small.bytes());
    }

    @Test
    @DisplayName("a piece goes as a whole, once all of it may")
    void pieces() {
        cache.push(A, 1, Given.slices(1, 3), needs, 0);
        foremost.put(A, 2L);
        push(A, 4, 4);
        push(B, 1, 1);
        assertEquals("A1 A2 A3 A4", cached(), "of the first piece one message is needed");
        foremost.put(A, 3L);
        push(A, 5, 5);
        assertEquals("A4 A5", cached());
    }

    @Test
    @DisplayName("behind a hole the messages from before are gone")
    void hole() {
        push(A, 1, 2);
        push(A, 7, 8);
        assertEquals("A7 A8", cached());
        assertEquals(2, cache.messages());
        push(A, 3, 3); // the log went back
        assertEquals("A3", cached());
    }

    @Test
    @DisplayName("fetched messages make room for fetched ones alone, and the newest are there however large they are")
    void fetched() {
        TopicCache small = new TopicCache(4, 8L * PIECE_BYTES);
        small.push(A, 11, Given.slices(11, 11), needs, 0);
        small.push(A, 12, Given.slices(12, 12), needs, 0);
        for (long i = 1; i <= 5; i++) {
            small.fetched(A, i, Given.slices(i, i), 0);
        }
        assertEquals("A4 A5 A11 A12", cached(small));
        small.fetched(A, 4, Given.slices(4, 4), 0);
        assertEquals(4L * PIECE_BYTES, small.bytes(), "it was there");
        small.fetched(A, 1, Given.slices(1, 3), 0);
        assertEquals("A1 A2 A3 A11 A12", cached(small));
        for (long i = 13; i <= 20; i++) {
            small.push(A, i, Given.slices(i, i), needs, 0);
        }
        assertEquals("A1 A2 A3 A17 A18 A19 A20", cached(small));
    }

    @Test
    @DisplayName("what is fetched takes the place of what was fetched before, unless all of it is there")
    void overlaps() {
        cache.fetched(A, 2, Given.slices(2, 4), 0);
        cache.fetched(A, 1, Given.slices(1, 2), 0);
        assertEquals("A1 A2", cached(), "somebody lacks the first, and would lack it for ever");
        cache.fetched(A, 2, Given.slices(2, 2), 0);
        cache.fetched(A, 3, Given.slices(3, 4), 0);
        assertEquals("A1 A2 A3 A4", cached());
    }

    @Test
    @DisplayName("what is older than the topic keeps messages goes, also if it is needed")
    void age() {
        push(A, 1, 1, 10);
        push(A, 2, 2, 20);
        cache.fetched(B, 1, Given.slices(1, 1), 10);
        foremost.put(A, 0L);
        cache.dropUntil(15);
        assertEquals("A2", cached());
        cache.dropUntil(20);
        assertEquals("", cached());
    }

    @Test
    @DisplayName("nothing is left of a generation that is forgotten")
    void forgotten() {
        push(A, 1, 2);
        cache.fetched(A, 9, Given.slices(9, 9), 0);
        cache.forget(A);
        assertEquals("", cached());
        assertEquals(0, cache.messages());
        assertEquals(0, cache.bytes());
        push(A, 5, 5);
        assertEquals("A5", cached());
    }

    private void push(Epoch epoch, long first, long last) {
        push(epoch, first, last, 0);
    }

    /** Each message is a piece. */
    private void push(Epoch epoch, long first, long last, long nowNs) {
        for (long i = first; i <= last; i++) {
            cache.push(epoch, i, Given.slices(i, i), needs, nowNs);
        }
    }

    private String cached() {
        return cached(cache);
    }

    private static String cached(TopicCache cache) {
        StringBuilder all = new StringBuilder();
        for (Epoch epoch : new Epoch[] {A, B}) {
            for (long i = 1; i <= 110; i++) {
                Piece piece = cache.find(epoch, i);
                if (piece != null) {
                    assertEquals((byte) i, piece.from(i).content(0)[0]);
                    all.append(epoch.equals(A) ? "A" : "B").append(i).append(' ');
                }
            }
        }
        return all.toString().trim();
    }
}
