package dev.gapless.internal.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class BoundedCacheTest {
    private final BoundedCache<String, Integer> known = new BoundedCache<>(2);

    @Test
    void whatDoesNotFitIsKeptAndAllElseForgotten() {
        known.keep("a", 1);
        known.keep("b", 2);
        assertEquals(1, known.get("a"));
        known.keep("c", 3);
        assertEquals(3, known.get("c"));
        assertNull(known.get("a"));
        assertNull(known.get("b"));
    }
}
