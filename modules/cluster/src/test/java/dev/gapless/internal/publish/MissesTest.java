package dev.gapless.internal.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gapless.internal.publish.Misses.Missed;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each loss of a consumer is known as long as somebody may ask for it, or is part of a larger one. */
class MissesTest {
    private final Misses misses = new Misses();

    @Test
    void whatIsAskedForIsCutToWhatWasMissedOfIt() {
        misses.add("n2", 5, 9);
        assertEquals(List.of(new Missed("n2", 5, 5)), misses.of(1, 20));
        assertEquals(List.of(new Missed("n2", 7, 2)), misses.of(7, 8));
        assertEquals(List.of(new Missed("n2", 9, 1)), misses.of(9, 30));
        assertEquals(List.of(), misses.of(1, 4));
        assertEquals(List.of(), misses.of(10, 30));
    }

    @Test
    void nothingIsMissedWhereACursorGoesOnBehindWhatItHad() {
        misses.add("n2", 6, 5);
        assertEquals(List.of(), misses.of(1, 20));
    }

    @Test
    void eachNodeIsNamedOnce() {
        misses.add("n2", 5, 9);
        misses.add("n3", 1, 1);
        misses.add("n2", 15, 16);
        assertEquals(List.of(new Missed("n2", 5, 12), new Missed("n3", 1, 1)), misses.of(1, 20));
    }

    @Test
    void ofManyLossesNoneIsForgotten() {
        for (int i = 0; i < 1_000; i++) {
            misses.add("n2", 10L * i, 10L * i);
        }
        for (int i = 0; i < 1_000; i++) {
            assertEquals(1, misses.of(10L * i, 10L * i).size(), "loss " + i);
        }
    }
}
