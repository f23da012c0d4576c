package dev.gapless.core.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Epoch;
import dev.gapless.core.Limits;
import dev.gapless.core.Position;
import dev.gapless.core.place.Part;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How far a copy of a log has got. */
class CopiedLogTest {
    private static final List<Part> PARTS = List.of(new Part(new Epoch(1), 1, 0));

    @Test
    @DisplayName("who was overtaken goes on at the newest, or in the middle of the ring, never in front of what came")
    void goesOn() {
        assertEquals(20, new CopiedLog(PARTS, 20, 20, 11, false).goesOn());
        assertEquals(15, new CopiedLog(PARTS, 20, 20, 11, true).goesOn(), "16 is the sixth of ten");
        assertEquals(13, new CopiedLog(PARTS, 13, 20, 11, true).goesOn());
        assertEquals(20, new CopiedLog(PARTS, 20, 20, 21, true).goesOn(), "nothing is left");
        CopiedLog moving = new CopiedLog(PARTS, 20, 20, 11, true);
        moving.hears(40, 31);
        moving.reaches(40);
        assertEquals(35, moving.goesOn());
    }

    @Test
    @DisplayName("a message is the first if the log never had one in front of it, in whatever generation")
    void isFirst() {
        Epoch first = new Epoch(1);
        Epoch second = new Epoch(2);
        Epoch third = new Epoch(3);
        List<Part> parts = List.of(new Part(first, 1, 0), new Part(second, 2, 0), new Part(third, 3, 4));
        CopiedLog log = new CopiedLog(parts, 9, 9, 1, false);
        assertTrue(log.isFirst(new Position(second, 1)));
        assertFalse(log.isFirst(new Position(second, 2)));
        assertFalse(log.isFirst(new Position(third, 1)), "four are in front of it");
        assertFalse(log.isFirst(new Position(new Epoch(4), 1)));
        List<Part> most = new ArrayList<>();
        for (int i = 0; i <= Limits.MOST_EARLIER_STREAMS; i++) {
            most.add(new Part(new Epoch(i), i, i));
        }
        assertFalse(
                new CopiedLog(most, 99, 99, 1, false).isFirst(new Position(new Epoch(0), 1)),
                "it may have forgotten some");
    }
}
