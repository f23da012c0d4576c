package dev.gapless.durable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Departure;
import dev.gapless.core.KeptHistory;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Which incarnations have used a store. */
class StartTest {
    @Test
    @DisplayName("those before an incarnation are told in order, and not itself")
    void inOrder() {
        List<byte[]> starts = List.of(start(5, "all"), start(3, "all"), start(9, "all"));
        assertEquals(List.of(5L, 3L), new Start(9, "all", false).before(starts));
        assertTrue(new Start(9, "all", false).isLastOf(starts));
        assertFalse(new Start(3, "all", false).isLastOf(starts));
        assertEquals(List.of(), new Start(9, "all", false).before(List.of()));
    }

    @Test
    @DisplayName("none counts that had other durable topics, nor any before it: what it published may be nowhere")
    void withTheSameTopics() {
        List<byte[]> starts = List.of(start(1, "all"), start(2, "some"), start(3, "all"), start(4, "all"));
        assertEquals(List.of(3L), new Start(4, "all", false).before(starts));
    }

    @Test
    @DisplayName("none counts from before logs were dropped")
    void dropped() {
        List<byte[]> starts = List.of(start(1, "all"), Start.NOBODY, start(3, "all"));
        assertEquals(List.of(), new Start(3, "all", false).before(starts));
    }

    @Test
    @DisplayName(
            "the only node of its cluster goes on with the history of its earlier incarnations, and with no other one")
    void single() {
        List<byte[]> starts = new ArrayList<>();
        starts(starts, 1, true, 100);
        KeptHistory first = starts(starts, 2, true, 200);
        assertEquals(List.of(new Departure(1, "n", 200, null)), first.departures());
        KeptHistory second = starts(starts, 3, true, 300);
        assertEquals(List.of(new Departure(1, "n", 200, null), new Departure(2, "n", 300, null)), second.departures());
        assertEquals(first.id(), second.id());
        assertEquals(Long.MIN_VALUE, second.horizonMs());
        starts.remove(0); // no longer kept
        assertEquals(
                200,
                Objects.requireNonNull(new Start(3, "all", true).history(starts, "n"))
                        .horizonMs());

        starts.add(new Start(4, "all", false).behind(starts, 400));
        assertNull(new Start(4, "all", false).history(starts, "n"));
        KeptHistory alone = starts(starts, 5, true, 500);
        assertEquals(List.of(), alone.departures());
        assertNotEquals(first.id(), alone.id());
        assertEquals(Long.MIN_VALUE, alone.horizonMs());

        starts.add(Start.NOBODY); // logs were dropped
        assertNotEquals(alone.id(), starts(starts, 6, true, 600).id());
    }

    private static KeptHistory starts(List<byte[]> starts, long uid, boolean single, long timeMs) {
        Start start = new Start(uid, "all", single);
        starts.add(start.behind(starts, timeMs));
        return Objects.requireNonNull(start.history(starts, "n"));
    }

    private static byte[] start(long uid, String durable) {
        return new Start(uid, durable, false).behind(List.of(), 0);
    }
}
