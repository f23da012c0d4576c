package dev.gapless.internal.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gapless.core.Epoch;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Position;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Gate;
import dev.gapless.core.log.Log;
import dev.gapless.core.log.LogParts;
import dev.gapless.core.producer.ReceiptAnswer.Kind;
import dev.gapless.core.producer.ReceiptAnswer.Standing;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReachedTest {
    private static final Epoch EPOCH = new Epoch(7);
    private static final LogParts PARTS =
            new Log(LogIdentity.fresh(EPOCH, 0), TopicSettings.DEFAULTS, Gate.opened()).parts();

    private static Reached reached(boolean isHeld, Kind kind, List<Misses.Missed> misses, boolean isEarlier) {
        Map<String, List<Standing>> lacking = Map.of("b", List.of(new Standing(kind, 0)));
        return Reached.of(new Standings(isHeld, Set.of("a"), lacking), misses, PARTS, isEarlier);
    }

    @Test
    void aNodeThatMissedSomeDoesNotHaveThem() {
        List<Misses.Missed> misses = List.of(new Misses.Missed("a", 3, 2));
        List<Reached.Missed> missed = List.of(new Reached.Missed("a", new Position(EPOCH, 3), 2));
        assertEquals(
                new Reached(false, Set.of(), missed, Set.of()),
                Reached.of(new Standings(true, Set.of("a"), Map.of()), misses, PARTS, false));
    }

    @Test
    void aNodeThatHasYetToGetThemIsWaitedFor() {
        assertEquals(
                new Reached(false, Set.of("b"), List.of(), Set.of()), reached(false, Kind.SILENT, List.of(), false));
    }

    @Test
    void whatANodeWasLedPastIsNamedOnce() {
        assertEquals(
                new Reached(false, Set.of(), List.of(), Set.of("b")), reached(false, Kind.EXPIRED, List.of(), false));
        List<Misses.Missed> misses = List.of(new Misses.Missed("b", 1, 1));
        assertEquals(Set.of(), reached(false, Kind.EXPIRED, misses, false).notKnown());
    }

    @Test
    void nothingWasPromisedToWhoeverBeganLater() {
        assertEquals(new Reached(true, Set.of(), List.of(), Set.of()), reached(true, Kind.LATER, List.of(), false));
    }

    @Test
    void whoGoesOnBehindMessagesOfAnEarlierIncarnationIsNotKnownToHaveThem() {
        assertEquals(new Reached(false, Set.of(), List.of(), Set.of("b")), reached(true, Kind.LATER, List.of(), true));
    }
}
