package dev.gapless.gateway.internal.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

class MutePlacesTest {
    private final LongAdder counted = new LongAdder();
    private final List<String> ended = new ArrayList<>();
    private final MutePlaces places = new MutePlaces(12, counted);

    private MutePlaces.Place enter(String address, String name) {
        return places.enter(address, () -> ended.add(name));
    }

    @Test
    void theOldestMuteOneEndsOnceTheQuarterIsFull() {
        enter("a", "a1");
        enter("a", "a2");
        enter("a", "a3");
        assertEquals(List.of(), ended);
        enter("a", "a4");
        enter("a", "a5");
        assertEquals(List.of("a1", "a2"), ended);
        assertEquals(3, places.mute());
        assertEquals(2, counted.sum());
    }

    @Test
    void anAddressWithManyMakesRoomForOthers() {
        enter("b", "b1");
        enter("a", "a1");
        enter("a", "a2");
        enter("a", "a3");
        enter("a", "a4");
        enter("c", "c1");
        assertEquals(List.of("a1", "a2", "a3"), ended);
        enter("d", "d1"); // each has one: the oldest
        assertEquals(List.of("a1", "a2", "a3", "b1"), ended);
    }

    @Test
    void whoSpeaksIsNotEndedAndTakesNoPartOfTheQuarter() {
        for (int i = 0; i < 8; i++) {
            MutePlaces.Place speaking = enter("a", "speaks " + i);
            speaking.speaks();
            speaking.speaks();
        }
        enter("a", "a1");
        enter("a", "a2");
        assertEquals(List.of(), ended);
        assertEquals(2, places.mute());
        assertEquals(10, places.taken());
    }

    @Test
    void whenAllPlacesAreTakenMuteOnesMakeRoom() {
        List<MutePlaces.Place> speaking = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            speaking.add(enter("a", "speaks " + i));
            speaking.get(i).speaks();
        }
        MutePlaces.Place first = enter("b", "b1");
        enter("a", "a1");
        assertEquals(List.of("b1"), ended, "the twelfth");
        first.leave();
        first.leave();
        assertEquals(11, places.taken());
        speaking.get(0).leave();
        enter("a", "a2");
        assertEquals(List.of("b1"), ended);
    }

    @Test
    void theLastPlaceIsForOneThatHasYetToSpeak() {
        for (int i = 0; i < 11; i++) {
            enter("a", "speaks").speaks();
        }
        enter("b", "b1");
        assertEquals(List.of(), ended, "nobody would be left to speak");
    }

    /** However long it takes to end: who comes meanwhile finds a place. */
    @Test
    void whoMakesRoomGivesItsPlaceAtOnce() {
        for (int i = 0; i < 10; i++) {
            enter("a", "speaks").speaks();
        }
        enter("b", "b1");
        for (int i = 0; i < 5; i++) {
            assertTrue(enter("b", "comes").isWithin());
            assertEquals(11, places.taken());
        }
        assertEquals(5, ended.size());
    }

    @Test
    void whereAllSpeakThereIsNoPlace() {
        for (int i = 0; i < 12; i++) {
            MutePlaces.Place place = enter("a", "speaks");
            place.speaks();
            assertTrue(place.isWithin());
        }
        MutePlaces.Place further = enter("a", "further");
        assertFalse(further.isWithin());
        further.leave();
        assertEquals(12, places.taken());
    }

    @Test
    void whatHasLeftIsForgotten() {
        for (int i = 0; i < 100; i++) {
            enter("a" + i, "a").leave();
        }
        assertEquals(0, places.mute());
        assertEquals(0, places.taken());
        assertEquals(List.of(), ended);
    }
}
