package dev.gapless.core.feed;

import static dev.gapless.core.Given.TOPIC;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Epoch;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a consumer tells of a topic's streams. */
class StreamsViewTest {
    private static final Stream P = Stream.of(1, TOPIC, "p");
    private static final Stream Q = Stream.of(2, TOPIC, "q");

    private static StreamsView withStrangers(Set<Epoch> strangers) {
        return new StreamsView(
                Map.of(), Map.of(), Set.of(), strangers, Set.of(), EndedStreams.NOTHING, EarlierStreams.NONE, 0);
    }

    @Test
    @DisplayName(
            "ruleT2: what was announced as lost stays so where a later log has it (seeds 1000100002936, 1000000263626)")
    void staysLost() {
        StreamsView known = withStrangers(Set.of(P.epoch()));
        assertTrue(known.staysLost(Place.lost(P, Place.AWAITED)));
        assertTrue(known.staysLost(Place.lost(P, 7)), "the feed may begin behind 8");
        assertFalse(known.staysLost(Place.lost(Q, Place.AWAITED)), "its incarnation is a member");
        assertFalse(known.staysLost(Place.at(P, Place.AWAITED)), "it was not announced");
    }
}
