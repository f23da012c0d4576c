package dev.gapless.simulation.oracle;

import dev.gapless.core.Gap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Was it necessary to announce a gap: is anything in it that was published, and that the subscription has neither been given nor told? Who
 * announces everything to everybody loses nothing in silence, and is of no use.
 */
final class Need {
    private final Truth truth;

    Need(Truth truth) {
        this.truth = truth;
    }

    /** What to count of it; {@code node} is the producer's, null if the gap has none. */
    String of(Witness w, Gap gap, @Nullable String node) {
        boolean numbered = gap.missed() != null;
        boolean needed = numbered || (node == null ? anybodyLacks(w) : lacks(w, node, gap));
        return needed ? "announced: something is missing" : "announced: nothing is missing";
    }

    private boolean anybodyLacks(Witness w) {
        for (String node : truth.nodes()) {
            if (lacks(w, node, null)) {
                return true;
            }
        }
        return false;
    }

    /** Is there anything of a life that is over, or that lies in front of where the gap ends? */
    private boolean lacks(Witness w, String node, @Nullable Gap gap) {
        Place due = w.due.getOrDefault(node, Place.NOWHERE);
        List<Truth.Life> lives = truth.lives(node);
        int end = gap == null || gap.resumesAt() == null
                ? lives.size()
                : truth.life(node, gap.resumesAt().epoch()).index;
        for (Truth.Life life : lives) {
            long behind = life.index == due.life() ? due.sequence() : 0;
            boolean over = life.isRemoved() || life.index < end;
            boolean within = life.index >= due.life() && (life.index < end || resumesBehind(gap, life, behind));
            if (over && within && life.owed() > behind && w.toldAlone.getOrDefault(life, -1L) < life.owed()) {
                return true;
            }
        }
        return false;
    }

    private static boolean resumesBehind(@Nullable Gap gap, Truth.Life life, long behind) {
        return gap != null
                && gap.resumesAt() != null
                && gap.resumesAt().epoch().equals(life.epoch)
                && gap.resumesAt().sequence() - 1 > behind;
    }
}
