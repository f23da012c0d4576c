package dev.gapless.internal.subscribe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gapless.StartFrom;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.internal.measure.Claim;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What of a gap is a client's word alone: it resumes behind sequence 5 of a stream of a, and of one of b, which is no member. */
class ClaimsTest {
    private static final Epoch OF_A = new Epoch(1);
    private static final Epoch OF_B = new Epoch(2);
    private static final Epoch UNLISTED = new Epoch(3);
    private static final Map<Epoch, String> KNOWN = Map.of(OF_A, "a", UNLISTED, "c");
    private static final Claims RESUMED = Claims.of(StartFrom.token(CursorToken.ofHand(
            "t",
            "c",
            0,
            List.of(new CursorToken.Entry("a", 0, OF_A, 5, false), new CursorToken.Entry("b", 0, OF_B, 5, false)))));

    private static Gap gap(@Nullable String node, @Nullable Epoch epoch, @Nullable Long first) {
        Position resumesAt = epoch == null ? null : new Position(epoch, 100);
        return new Gap(node, Reason.OVERRUN, epoch, first, first == null ? null : 100 - first, resumesAt);
    }

    private static Claim of(Claims claims, @Nullable String node, @Nullable Epoch epoch, @Nullable Long first) {
        return claims.of(gap(node, epoch, first), (of, name) -> Objects.equals(name, KNOWN.get(of)));
    }

    @Test
    void whereAGapBeginsIsItsWordAsLongAsItWasGivenNothingThere() {
        assertEquals(Claim.PLACE, of(RESUMED, "a", OF_A, 6L));
        assertEquals(Claim.NOTHING, of(RESUMED, "a", OF_A, 7L));
        assertEquals(Claim.PLACE, of(RESUMED, "a", OF_A, null), "a place beyond what was published");
    }

    @Test
    void thatAStreamWasIsItsWordIfNobodyHereKnowsItOrItHasAnotherName() {
        assertEquals(Claim.STREAM, of(RESUMED, "b", OF_B, 6L));
        assertEquals(Claim.STREAM, of(RESUMED, "b", OF_A, 6L));
        assertEquals(Claim.STREAM, of(RESUMED, "b", OF_B, 7L));
    }

    @Test
    void thatItHasNothingOfWhatItDoesNotListIsItsWord() {
        assertEquals(Claim.PLACE, of(RESUMED, "c", UNLISTED, 1L));
        assertEquals(Claim.NOTHING, of(RESUMED, "c", UNLISTED, 2L));
        assertEquals(Claim.NOTHING, of(RESUMED, "c", UNLISTED, null));
        assertEquals(Claim.PLACE, of(Claims.of(StartFrom.since(Instant.EPOCH)), "c", UNLISTED, 1L));
    }

    @Test
    void whoBeginsWithWhatComesClaimsNothing() {
        for (Long first : new Long[] {1L, 6L, null}) {
            assertEquals(Claim.NOTHING, of(Claims.of(StartFrom.latest()), "a", OF_A, first));
        }
        assertEquals(Claim.NOTHING, of(RESUMED, null, null, null), "it concerns no single stream");
    }
}
