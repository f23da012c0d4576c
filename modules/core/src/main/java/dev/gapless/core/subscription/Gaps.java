package dev.gapless.core.subscription;

import dev.gapless.core.Departure;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.feed.At;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.Era;
import dev.gapless.core.feed.Placed;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** States what lies between two positions of one producer, in numbers as far as they can be known. */
final class Gaps {
    private Gaps() {}

    /**
     * What a subscription misses that stands at {@code at}, or has not begun if that is null, and goes on after {@code to}.
     * Empty if that is nothing.
     */
    static List<Gap> between(@Nullable Placed at, Placed to, Reason reason) {
        if (to instanceof End end) {
            if (reason == Reason.OVERRUN) {
                return between(at, beforeEnd(end), reason);
            }
            return end.exact() ? withoutResumption(before(beforeEnd(end), at, reason)) : List.of(open(end, at, reason));
        }
        return before((At) to, at, reason); // an answer of its producer: never a token's position
    }

    /** Nothing comes after them. */
    private static List<Gap> withoutResumption(List<Gap> gaps) {
        return gaps.stream()
                .map(gap -> new Gap(gap.node(), gap.reason(), gap.epoch(), gap.firstMissing(), gap.missed(), null))
                .toList();
    }

    private static List<Gap> before(At to, @Nullable Placed at, Reason reason) {
        String node = Departure.nodeOf(to.node());
        Position resumesAt = resumesAt(to);
        if (at != null && isSameStream(at, to)) {
            long missed = to.sequence() - at.sequence();
            if (missed == 0) {
                return List.of();
            }
            return List.of(
                    missed > 0
                            ? new Gap(node, reason, at.epoch(), at.sequence() + 1, missed, resumesAt)
                            : new Gap(node, reason, at.epoch(), null, null, resumesAt));
        }
        List<Gap> gaps = new ArrayList<>();
        boolean startUnknown = false;
        if (at instanceof End end) {
            if (mayHideLives(end, to, reason)) {
                gaps.add(beforeEpoch(to, reason)); // it never got into the stretches in between
            }
            startUnknown = reason == Reason.POSITION_UNKNOWN; // its token knew it by its address
        } else if (at != null) {
            gaps.add(new Gap(node, reason, at.epoch(), at.sequence() + 1, null, resumesAt));
        } else {
            startUnknown = reason == Reason.POSITION_UNKNOWN;
        }
        if (startUnknown) {
            gaps.add(new Gap(node, reason, to.epoch(), null, null, resumesAt));
        } else if (to.sequence() >= to.first()) {
            gaps.add(new Gap(node, reason, to.epoch(), to.first(), to.sequence() - to.first() + 1, resumesAt));
        }
        return gaps;
    }

    /** The feed asked for a position before this end, so that it does not know either what lives there were since. */
    private static boolean mayHideLives(End end, At to, Reason reason) {
        return !end.isRightBefore(to.era()) || reason == Reason.PRODUCER_RESTARTED;
    }

    /** The last position of a producer that left in good order. */
    private static At beforeEnd(End end) {
        Position last = Objects.requireNonNull(end.last(), "whoever left had answered");
        return new At(new Era(end.node(), end.number(), last.epoch(), end.first(), 0), last.sequence());
    }

    /** What a subscription misses that has no position, after expiries of which nobody knows where the first began. */
    static List<Gap> unnumbered(Placed to, Reason reason) {
        if (reason == Reason.POSITION_UNKNOWN) {
            return between(null, to, reason);
        }
        if (to instanceof End end) {
            if (reason == Reason.OVERRUN) {
                return List.of(beforeEpoch(beforeEnd(end), reason));
            }
            return end.exact()
                    ? withoutResumption(List.of(beforeEpoch(beforeEnd(end), reason)))
                    : between(null, to, reason);
        }
        return List.of(beforeEpoch((At) to, reason));
    }

    /** What a subscription misses of the epochs before. */
    private static Gap beforeEpoch(At to, Reason reason) {
        return new Gap(Departure.nodeOf(to.node()), reason, null, null, null, resumesAt(to));
    }

    private static Gap open(End to, @Nullable Placed at, Reason reason) {
        if (to.node().equals(Gap.NOBODY)) {
            return new Gap(null, reason, null, null, null, null);
        }
        return at == null || at instanceof End
                ? new Gap(
                        Departure.nodeOf(to.node()),
                        reason,
                        to.epoch(),
                        null,
                        null,
                        null) // of a life that nothing was given of
                : new Gap(Departure.nodeOf(to.node()), reason, at.epoch(), at.sequence() + 1, null, null);
    }

    private static boolean isSameStream(Placed at, At to) {
        return at.isLevelWith(to) || to.epoch().equals(at.epoch());
    }

    private static Position resumesAt(At to) {
        return new Position(to.epoch(), to.sequence() + 1);
    }
}
