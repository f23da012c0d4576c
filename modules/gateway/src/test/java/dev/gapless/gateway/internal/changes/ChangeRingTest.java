package dev.gapless.gateway.internal.changes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.gateway.internal.budget.Budget;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ChangeRingTest {
    private static CollectionChange of(String collection) {
        return new CollectionChange(collection, null, 0);
    }

    private static List<String> behind(ChangeRing ring, long number) {
        return Objects.requireNonNull(ring.behind(number, 1_000)).stream()
                .map(CollectionChange::collection)
                .toList();
    }

    @Test
    void keepsTheLatestAndKnowsOfWhichCollectionsItDroppedSome() {
        ChangeRing ring = new ChangeRing(100, Long.MAX_VALUE, Budget.unbounded());
        ring.add(of("rare"));
        for (int i = 2; i <= 250; i++) {
            ring.add(of("often"));
        }
        assertEquals(250, ring.head());
        assertEquals(150, ring.base());
        assertNull(ring.behind(149, 10));
        assertEquals(100, behind(ring, 150).size());
        assertEquals(List.of("often"), behind(ring, 249));
        assertEquals(List.of(), behind(ring, 250));
        assertTrue(ring.hasDropped("often", 149));
        assertFalse(ring.hasDropped("often", 150));
        assertTrue(ring.hasDropped("rare", 0));
        assertFalse(ring.hasDropped("rare", 1));
        assertFalse(ring.hasDropped("never", 0));
    }

    @Test
    void dropsTheOldestByBytesToo() {
        int each = of("c").sizeBytes();
        ChangeRing ring = new ChangeRing(1_000_000, 10L * each, Budget.unbounded());
        for (int i = 0; i < 1_000; i++) {
            ring.add(of("c"));
            assertTrue(ring.bytes() <= 10L * each);
        }
        assertEquals(10, behind(ring, ring.base()).size());
    }

    @Test
    void oneThatIsLargerThanTheBoundIsKeptAlone() {
        ChangeRing ring = new ChangeRing(10, 1, Budget.unbounded());
        ring.add(of("a"));
        ring.add(of("b"));
        assertEquals(List.of("b"), behind(ring, 1));
        assertEquals(1, ring.base());
    }

    @Test
    void aNumberOfNothingIsOfNoCollection() {
        ChangeRing ring = new ChangeRing(10, 1_000, Budget.unbounded());
        ring.add(of("a"));
        assertEquals(2, ring.next());
        ring.add(of("a"));
        assertEquals(List.of("a", "", "a"), behind(ring, 0));
    }
}
