package dev.gapless.core.place;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The places of a subscription. */
class PlacesTest {
    @Test
    @DisplayName("what was there before a change stays as it was; a slot that was never set has no place")
    void immutable() {
        Random random = new Random(7);
        Map<Integer, ProducerPlace> expected = new HashMap<>();
        Places places = Places.NONE;
        for (int i = 0; i < 500; i++) {
            Places before = places;
            Map<Integer, ProducerPlace> was = new HashMap<>(expected);
            int slot = random.nextInt(random.nextBoolean() ? 20 : 300);
            ProducerPlace place =
                    random.nextInt(4) == 0 ? null : i % 3 == 0 ? ProducerPlace.UNKNOWN : ProducerPlace.AWAITED;
            places = before.with(slot, place);
            expected.put(slot, place);
            check(was, before);
            check(expected, places);
        }
        assertNull(places.get(100_000));
    }

    private static void check(Map<Integer, ProducerPlace> expected, Places places) {
        for (int slot = 0; slot < 320; slot++) {
            assertEquals(expected.get(slot), places.get(slot), "slot " + slot);
        }
        expected.keySet().forEach(slot -> assertEquals(true, slot < places.slots()));
    }
}
