package dev.gapless.durable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Which incarnations have used a store. */
class StartTest {
    @Test
    @DisplayName("those before an incarnation are told in order, and not itself")
    void inOrder() {
        List<byte[]> starts = List.of(start(5, "all"), start(3, "all"), start(9, "all"));
        assertEquals(List.of(5L, 3L), new Start(9, "all").before(starts));
        assertTrue(new Start(9, "all").isLastOf(starts));
        assertFalse(new Start(3, "all").isLastOf(starts));
        assertEquals(List.of(), new Start(9, "all").before(List.of()));
    }

    @Test
    @DisplayName("none counts that had other durable topics, nor any before it: what it published may be nowhere")
    void withTheSameTopics() {
        List<byte[]> starts = List.of(start(1, "all"), start(2, "some"), start(3, "all"), start(4, "all"));
        assertEquals(List.of(3L), new Start(4, "all").before(starts));
    }

    @Test
    @DisplayName("none counts from before logs were dropped")
    void dropped() {
        List<byte[]> starts = List.of(start(1, "all"), Start.NOBODY, start(3, "all"));
        assertEquals(List.of(), new Start(3, "all").before(starts));
    }

    private static byte[] start(long uid, String durable) {
        return new Start(uid, durable).toBytes();
    }
}
