package dev.gapless.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class SequenceTest {
    @Test
    void followsTheOneBefore() {
        assertEquals(new Sequence(2), Sequence.FIRST.next());
    }

    @Test
    void refusesNumbersBelowTheFirst() {
        assertThrows(IllegalArgumentException.class, () -> new Sequence(0));
    }
}
