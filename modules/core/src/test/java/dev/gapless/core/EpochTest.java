package dev.gapless.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class EpochTest {
    @Test
    @DisplayName("a stream's epoch is the same on every node and in every release: these are fixed")
    void testVector() {
        assertEquals(Epoch.parse("5b3ee0e433e3e363"), Epoch.of(1, "prices"));
        assertEquals(Epoch.parse("5fbd39fd346922e7"), Epoch.of(-7, "a"));
        assertEquals(Epoch.parse("e6b7cf230dc352f6"), Epoch.of(Long.MIN_VALUE, "\u00fcn\u00efcode"));
    }

    @Test
    @DisplayName("each incarnation has a stream of its own in each topic, and none has the number 0")
    void differ() {
        Set<Epoch> epochs = new HashSet<>();
        for (long uid = -100; uid < 100; uid++) {
            for (int topic = 0; topic < 100; topic++) {
                epochs.add(Epoch.of(uid, "topic-" + topic));
            }
        }
        assertEquals(200 * 100, epochs.size());
        assertFalse(epochs.contains(new Epoch(0)));
        assertNotEquals(Epoch.of(1, "ab"), Epoch.of(1, "ba"));
    }

    @Test
    @DisplayName("it is written with 16 digits, and read again")
    void isWrittenAndRead() {
        assertEquals("000000000000000a", new Epoch(10).toString());
        assertEquals("ffffffffffffffff", new Epoch(-1).toString());
        for (Epoch epoch : Set.of(new Epoch(10), new Epoch(-1), Epoch.of(1, "prices"))) {
            assertEquals(epoch, Epoch.parse(epoch.toString()));
        }
        assertThrows(IllegalArgumentException.class, () -> Epoch.parse("a"));
        assertThrows(IllegalArgumentException.class, () -> Epoch.parse("000000000000000g"));
    }
}
