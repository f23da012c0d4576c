package dev.gapless.core.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Given;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.place.Places;
import dev.gapless.core.reading.Change;
import dev.gapless.core.reading.Past;
import dev.gapless.core.reading.PlacesSubscription;
import dev.gapless.core.reading.ResumedPlaces;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Nodes come, publish and go, and a subscription reads. Again and again its token is resumed where it was taken: that one is told and given what the
 * first one is.
 */
class ResumedWhereItStoodTest {
    private final ComingAndGoing world = new ComingAndGoing();
    private int compared;

    private static boolean isOfAnAddress(String told) {
        return told.startsWith("Gap[node=127.0.0.1:");
    }

    private void compare(PlacesSubscription subscription) {
        CursorToken token = subscription.token(Given.TOPIC, "c", world.now());
        assertEquals(Given.HISTORY, token.historyId());
        Opening.Resume opening = new Opening.Resume(CursorToken.parse(token.toString()));
        ResumedPlaces resumed = ResumedPlaces.of(opening, world.producers, world.now());
        world.show();
        assertNull(resumed.begins().anything());
        List<String> expected = ComingAndGoing.readAll(subscription);
        List<String> actual = ComingAndGoing.readAll(world.open(opening, resumed.begins()));
        actual.removeIf(one -> isOfAnAddress(one) && !expected.contains(one)); // tokens list none that was over before
        assertEquals(
                expected,
                actual,
                () -> token.entries() + " at " + (token.timeMs() - ComingAndGoing.BEGIN_MS) + " of " + world.nowMs);
        compared += expected.size();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    @DisplayName("ruleT2: who resumes a token where it was taken goes on as its subscription would have")
    void goesOnAlike(long seed) {
        Random random = new Random(seed);
        world.begin();
        for (int i = 0; i < random.nextInt(40); i++) {
            world.happen(random);
        }
        world.nowMs += 2 * ComingAndGoing.MARGIN_MS;
        world.allAnswer();
        Past past = Past.opened(world.producers.producers().lastEvent());
        PlacesSubscription subscription = world.open(new Opening.Latest(), new Change.Begins(Places.NONE, past));
        ComingAndGoing.readAll(subscription);
        for (int i = 0; i < 300; i++) {
            world.happen(random);
            if (random.nextInt(4) == 0) {
                compare(subscription);
            }
        }
        assertTrue(compared > 100, () -> "This compares nothing: " + compared);
    }
}
