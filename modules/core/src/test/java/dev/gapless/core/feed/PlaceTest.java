package dev.gapless.core.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Given;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Places, and the frontier, which holds one for each stream. */
class PlaceTest {
    private static final Stream P = Stream.of(1, Given.TOPIC, "p");
    private static final Stream Q = Stream.of(2, Given.TOPIC, "q");

    @Test
    @DisplayName("a place is a sequence, 0 in front of the first; not known is not the same as 0")
    void known() {
        assertEquals(P.at(0), Place.at(P, 0).position());
        assertTrue(Place.at(P, 0).isKnown());
        for (long sequence : new long[] {Place.AWAITED, Place.UNKNOWN}) {
            assertFalse(Place.at(P, sequence).isKnown());
            assertNull(Place.at(P, sequence).position());
        }
        assertThrows(IllegalArgumentException.class, () -> Place.at(P, -3));
    }

    @Test
    @DisplayName(
            "one that was announced as lost goes on behind its place if it returns, and is not known if it had none")
    void returned() {
        assertTrue(Place.lost(P, 7).over());
        assertEquals(Place.at(P, 7), Place.lost(P, 7).returned());
        assertEquals(Place.at(P, Place.UNKNOWN), Place.lost(P, Place.AWAITED).returned());
        assertFalse(Place.at(P, 7).over());
    }

    @Test
    @DisplayName("the frontier stands at 0 in a stream that it does not list, and two streams of a node are two")
    void unlisted() {
        Frontier at = Frontier.of(Map.of(P.epoch(), Place.at(P, 7)));
        assertEquals(7, at.sequence(P));
        assertEquals(0, at.sequence(Q));
        assertNull(at.get(Stream.of(3, Given.TOPIC, "p")), "another incarnation of its node");
        assertEquals(Place.at(P, 7), at.get(new Stream(P.epoch(), Stream.UNKNOWN, "by another name")));
        assertFalse(at.isOver(Q));
    }

    @Test
    @DisplayName("the frontier does not change; what is made of it does")
    void immutable() {
        Frontier before = Frontier.of(Map.of(P.epoch(), Place.at(P, 7)));
        Frontier after = before.with(Place.over(P, 9)).with(Place.at(Q, 1)).passing(3);
        assertEquals(Place.at(P, 7), before.get(P));
        assertEquals(0, before.notices());
        assertTrue(after.isOver(P));
        assertEquals(9, after.sequence(P));
        assertEquals(3, after.notices());
        Frontier without = after.without(Place::over);
        assertNull(without.get(P));
        assertEquals(Place.at(Q, 1), without.get(Q));
        assertEquals(3, without.notices());
        assertSame(without, without.without(Place::over));
        assertThrows(UnsupportedOperationException.class, () -> before.places().clear());
    }
}
