package dev.gapless.internal.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class StandInEndTest {
    private static final long SECOND = 1_000_000_000;

    private final List<String> ends = new ArrayList<>();
    private final StandInEnd end = new StandInEnd(Duration.ofSeconds(60), 5 * SECOND, 0, ends::add);

    @Test
    @DisplayName("a stand-in ends once all has been read for as long as somebody may yet ask")
    void onceAllIsRead() {
        end.look(true, SECOND);
        end.look(true, 5 * SECOND);
        end.look(false, 6 * SECOND); // somebody has asked
        end.look(true, 10 * SECOND);
        end.look(true, 14 * SECOND);
        assertEquals(List.of(), ends);
        end.look(true, 15 * SECOND);
        assertEquals(1, ends.size());
        assertTrue(ends.get(0).contains("has read"), ends::toString);
    }

    @Test
    @DisplayName("it does not stay for ever for somebody who does not read")
    void notForEver() {
        end.look(false, 59 * SECOND);
        assertEquals(List.of(), ends);
        end.look(false, 60 * SECOND);
        assertEquals(1, ends.size());
        assertTrue(ends.get(0).contains("gapless.journal.stand-in-lifetime"), ends::toString);
    }
}
