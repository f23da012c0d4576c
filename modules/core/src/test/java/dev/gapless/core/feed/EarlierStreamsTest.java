package dev.gapless.core.feed;

import static dev.gapless.core.Given.TOPIC;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Epoch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What logs of later incarnations have of a node's streams. */
class EarlierStreamsTest {
    private static final Stream P = Stream.of(1, TOPIC, "p");
    private static final Stream NEXT = Stream.of(3, TOPIC, "p");
    private static final Stream OWN = Stream.of(4, TOPIC, "p");
    private static final Stream Q = Stream.of(2, TOPIC, "q");
    private static final Stream ABSENT = Stream.of(5, TOPIC, "p");
    private static final Stream IN_MEMORY = Stream.of(7, TOPIC, "p");
    private static final EarlierStreams STORED = stored(Set.of(OWN.epoch()), Set.of(OWN.epoch()));

    private static EarlierStreams stored(Set<Epoch> complete, Set<Epoch> members) {
        return new EarlierStreams(
                Map.of(OWN.epoch(), List.of(P, NEXT)),
                Map.of(P.epoch(), 5L, NEXT.epoch(), 0L),
                List.of(OWN),
                complete,
                members,
                Set.of(ABSENT.epoch()),
                Set.of(IN_MEMORY.epoch()));
    }

    private static boolean lost(EarlierStreams stored, Place place) {
        return stored.hasLostOf(at(place), place);
    }

    private static Frontier at(Place place) {
        return Frontier.of(Map.of(place.stream().epoch(), place));
    }

    @Test
    @DisplayName("ruleM2: what is left of a stream comes too late for whoever has read what lies behind it in a log")
    void isTooLate() {
        Stream byItsAddress = new Stream(P.epoch(), 1, "host:1");
        assertTrue(STORED.isTooLate(at(Place.at(NEXT, 1)), P));
        assertTrue(STORED.isTooLate(at(Place.over(NEXT, 1)), byItsAddress));
        assertTrue(STORED.isTooLate(at(Place.at(OWN, 1)), NEXT));
        assertFalse(STORED.isTooLate(at(Place.at(OWN, 0)), P), "nothing of it was read");
        assertFalse(STORED.isTooLate(at(Place.at(P, 3)), NEXT), "that is the order");
        assertFalse(STORED.isTooLate(at(Place.at(OWN, 1)), Q), "it is in no log");
    }

    @Test
    @DisplayName(
            "ruleC11: of a stream that is over a log may have less than was read; of one that goes on its reader finds that")
    void hasLostOf() {
        assertTrue(STORED.hasLostOf(at(Place.over(P, 6))));
        assertTrue(STORED.hasLostOf(at(Place.lost(P, 6))));
        assertFalse(STORED.hasLostOf(at(Place.over(P, 5))));
        assertFalse(STORED.hasLostOf(at(Place.at(P, 6))));
        assertFalse(STORED.hasLostOf(at(Place.over(NEXT, Place.AWAITED))), "nothing of it was read");
        assertFalse(STORED.hasLostOf(at(Place.over(Q, 6))));
        assertFalse(EarlierStreams.NONE.hasLostOf(at(Place.over(P, 6))));
    }

    @Test
    @DisplayName("ruleC11, ruleM2: nothing is given that a log has lost, or of what lies in front of what was read")
    void forbids() {
        assertFalse(STORED.forbids(Frontier.EMPTY, P, 5));
        assertTrue(STORED.forbids(Frontier.EMPTY, P, 6));
        assertTrue(STORED.forbids(at(Place.at(OWN, 1)), P, 1));
        assertFalse(STORED.forbids(at(Place.at(P, 1)), OWN, 2), "a member's own is in no log yet");
        assertFalse(STORED.forbids(at(Place.at(OWN, 1)), Q, 1));
    }

    @Test
    @DisplayName("ruleC11: a log that has forgotten nothing has lost what it does not have of members that came before")
    void lostAltogether() {
        assertTrue(lost(STORED, Place.over(ABSENT, 1)));
        assertFalse(lost(STORED, Place.at(ABSENT, 1)), "its reader finds that");
        assertFalse(lost(STORED, Place.over(ABSENT, 0)), "nothing of it was read");
        assertFalse(lost(STORED, Place.over(OWN, 7)));
        assertEquals(Place.over(ABSENT, Place.AWAITED), STORED.upTo(Frontier.EMPTY, Place.over(ABSENT, 3)));
        assertTrue(STORED.forbids(Frontier.EMPTY, ABSENT, 1));
        EarlierStreams isMember = stored(Set.of(OWN.epoch()), Set.of(OWN.epoch(), ABSENT.epoch()));
        assertFalse(lost(isMember, Place.over(ABSENT, 1)), "it is the next one");
    }

    @Test
    @DisplayName("ruleC11: what tokens alone name has come before for whoever has passed it, and not the log's own")
    void lostOfAToken() {
        Stream stranger = Stream.of(6, TOPIC, "p");
        Frontier at = at(Place.over(stranger, 2));
        assertFalse(STORED.hasLostOf(at), "it may be the next one");
        assertTrue(STORED.hasLostOf(at.with(Place.at(OWN, 0))));
        assertFalse(STORED.hasLostOf(at.with(Place.over(OWN, 0))));
        assertFalse(STORED.hasLostOf(at.with(Place.at(OWN, 1))), "it may have come later (seed 1000000095321)");
        assertFalse(STORED.hasLostOf(at(Place.over(IN_MEMORY, 2)).with(Place.at(OWN, 0))), "it was never in a store");
        EarlierStreams isRemoved = stored(Set.of(OWN.epoch()), Set.of());
        assertFalse(
                isRemoved.hasLostOf(at.with(Place.at(OWN, 0))), "the log of a later member may have it behind that");
        assertEquals(
                Place.over(stranger, Place.AWAITED), STORED.upTo(at.with(Place.at(OWN, 0)), Place.over(stranger, 2)));
        assertFalse(STORED.forbids(at(Place.at(OWN, 0)), stranger, 1), "it is not passed");
    }

    @Test
    @DisplayName(
            "ruleC11, ruleD5: a log that has forgotten some may have had them; these come before all that it has (seed 1000000647339)")
    void forgotten() {
        EarlierStreams some = stored(Set.of(), Set.of(OWN.epoch()));
        assertFalse(lost(some, Place.over(ABSENT, 1)));
        assertFalse(some.forbids(Frontier.EMPTY, ABSENT, 1));
        assertTrue(some.forbids(at(Place.at(OWN, 1)), ABSENT, 1));
        assertTrue(some.forbids(at(Place.over(NEXT, 1)), ABSENT, 1));
        assertFalse(some.forbids(at(Place.over(Q, 1)), ABSENT, 1));
    }

    @Test
    @DisplayName(
            "ruleC11, ruleD5: a log that has forgotten some has lost what came behind one that it has, as another one says")
    void lostBehindWhatIsThere() {
        assertTrue(lost(forgetful(P, ABSENT), Place.over(ABSENT, 1)), "its own log said so");
        assertTrue(lost(forgetful(P, ABSENT, Stream.of(9, TOPIC, "p")), Place.over(ABSENT, 1)), "a later one did");
        assertFalse(
                lost(forgetful(NEXT, ABSENT), Place.over(ABSENT, 1)), "without messages that one is forgotten later");
        assertFalse(lost(forgetful(ABSENT, P, Stream.of(9, TOPIC, "p")), Place.over(ABSENT, 1)), "it lies in front");
        assertFalse(lost(forgetful(P, Stream.of(9, TOPIC, "p")), Place.over(ABSENT, 1)), "it is not in that log");
    }

    /** The member's log may have forgotten some. Another one had these, in this order: the last one's own, if that is not its own. */
    private static EarlierStreams forgetful(Stream first, Stream... more) {
        List<Stream> streams = new ArrayList<>(List.of(first));
        streams.addAll(List.of(more));
        Stream last = streams.remove(streams.size() - 1);
        return new EarlierStreams(
                Map.of(OWN.epoch(), List.of(P, NEXT), last.epoch(), streams),
                Map.of(P.epoch(), 5L, NEXT.epoch(), 0L),
                List.of(OWN),
                Set.of(),
                Set.of(OWN.epoch()),
                Set.of(ABSENT.epoch()),
                Set.of());
    }

    @Test
    @DisplayName("ruleC11: a place leads no further than the log has the stream")
    void upTo() {
        assertEquals(Place.over(P, 5), STORED.upTo(Frontier.EMPTY, Place.over(P, 7)));
        assertEquals(Place.over(P, 4), STORED.upTo(Frontier.EMPTY, Place.over(P, 4)));
        assertEquals(Place.over(NEXT, Place.AWAITED), STORED.upTo(Frontier.EMPTY, Place.over(NEXT, Place.AWAITED)));
        assertEquals(Place.lost(Q, 7), STORED.upTo(Frontier.EMPTY, Place.lost(Q, 7)));
    }
}
