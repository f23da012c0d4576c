package dev.gapless.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class HistoryIdTest {
    @Test
    @DisplayName("ruleM4: two clusters draw different ids, also where each has its founder for an occasion")
    void differs() {
        Set<Long> drawn = new HashSet<>();
        for (long founder = 1; founder <= 1_000; founder++) {
            long id = HistoryId.first(founder);
            assertTrue(drawn.add(id));
            for (int i = 0; i < 5; i++) {
                id = HistoryId.next(id, founder);
                assertTrue(drawn.add(id), founder + " drew what another one had");
            }
        }
    }

    @Test
    @DisplayName("ruleM4: who has the same id draws the same next one for the same occasion, with a higher count")
    void agrees() {
        long id = HistoryId.first(7);
        assertEquals(HistoryId.next(id, 9), HistoryId.next(id, 9));
        assertNotEquals(HistoryId.next(id, 9), HistoryId.next(id, 8));
        assertEquals(HistoryId.count(id) + 1, HistoryId.count(HistoryId.next(id, 9)));
        assertEquals(HistoryId.next(id, 9), HistoryId.later(id, HistoryId.next(id, 9)));
    }
}
