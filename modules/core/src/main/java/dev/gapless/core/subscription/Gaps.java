package dev.gapless.core.subscription;

import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.feed.Era;
import dev.gapless.core.feed.Placed;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** States what lies between two positions of one producer, in numbers as far as they can be known. */
final class Gaps {
    private Gaps() {}

    /**
     * What a subscription misses that stands at {@code at}, or has not begun if that is null, and goes on behind {@code to}.
     * Empty if that is nothing.
     */
    static List<Gap> between(@Nullable Placed at, Placed to, Reason reason) {
        String node = to.era().node();
        if (to.era().isEnd()) {
            return reason == Reason.OVERRUN ? between(at, beforeEnd(to), reason) : List.of(open(to, at, reason));
        }
        Position resumesAt = position(to.era().epoch(), to.sequence() + 1);
        if (at != null && isSameStream(at, to)) {
            long missed = to.sequence() - at.sequence();
            if (missed == 0) {
                return List.of();
            }
            return List.of(
                    missed > 0
                            ? new Gap(node, reason, at.era().epoch(), at.sequence() + 1, missed, resumesAt)
                            : new Gap(node, reason, at.era().epoch(), null, null, resumesAt));
        }
        List<Gap> gaps = new ArrayList<>();
        if (at != null && !at.era().isEnd()) {
            gaps.add(new Gap(node, reason, at.era().epoch(), at.sequence() + 1, null, resumesAt));
        }
        if (at != null && at.era().isEnd() && mayHideLives(at, to, reason)) {
            gaps.add(beforeEpoch(to, reason)); // it never got into the stretches in between
        }
        boolean startUnknown = at == null
                ? reason == Reason.REGISTERED_LATE || reason == Reason.POSITION_UNKNOWN
                : at.era().isEnd() && reason == Reason.POSITION_UNKNOWN; // its token knew it by its address
        if (startUnknown) {
            gaps.add(new Gap(node, reason, to.era().epoch(), null, null, resumesAt));
        } else if (to.sequence() >= to.era().first()) {
            long first = to.era().first();
            gaps.add(new Gap(node, reason, to.era().epoch(), first, to.sequence() - first + 1, resumesAt));
        }
        return gaps;
    }

    /** The feed asked for a position before this end, so that it does not know either what lives there were since. */
    private static boolean mayHideLives(Placed end, Placed to, Reason reason) {
        return to.era().number() > end.era().number() + 1 || reason == Reason.PRODUCER_RESTARTED;
    }

    /** The last position of a producer that left in good order. */
    private static Placed beforeEnd(Placed end) {
        Era era = end.era();
        return new Placed(new Era(era.node(), era.number() - 1, era.epoch(), era.first()), end.sequence());
    }

    /** What a subscription misses that has no position, behind expiries of which nobody knows where the first began. */
    static List<Gap> unnumbered(Placed to, Reason reason) {
        boolean leftInOrder = to.era().isEnd() && reason == Reason.OVERRUN;
        if (reason == Reason.POSITION_UNKNOWN || (to.era().isEnd() && !leftInOrder)) {
            return between(null, to, reason);
        }
        return List.of(beforeEpoch(leftInOrder ? beforeEnd(to) : to, reason));
    }

    /** What a subscription misses of the epochs before. */
    private static Gap beforeEpoch(Placed to, Reason reason) {
        return new Gap(
                to.era().node(), reason, null, null, null, position(to.era().epoch(), to.sequence() + 1));
    }

    private static Gap open(Placed to, @Nullable Placed at, Reason reason) {
        String node = to.era().node();
        return at == null || at.era().isEnd()
                ? new Gap(node, reason, to.era().epoch(), null, null, null) // of a life that nothing was given of
                : new Gap(node, reason, at.era().epoch(), at.sequence() + 1, null, null);
    }

    private static boolean isSameStream(Placed at, Placed to) {
        Epoch epoch = at.era().epoch();
        return at.era().number() == to.era().number()
                || (epoch != null && epoch.equals(to.era().epoch()));
    }

    private static @Nullable Position position(@Nullable Epoch epoch, long sequence) {
        return epoch == null ? null : new Position(epoch, sequence);
    }
}
