package dev.gapless.simulation.oracle;

import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Was it necessary to announce what is missed of a node: is anything in it that was published, and that the subscription has neither been given
 * nor told? Who announces everything to everybody loses nothing in silence, and is of no use.
 */
final class Need {
    private final Truth truth;

    Need(Truth truth) {
        this.truth = truth;
    }

    /** What to count of these, which a reload begins with: once for each node, by what is told of its last stream. */
    List<String> of(Witness w, List<Gap> gaps) {
        Map<@Nullable String, List<Gap>> byNode = new LinkedHashMap<>();
        gaps.forEach(gap ->
                byNode.computeIfAbsent(gap.node(), node -> new ArrayList<>()).add(gap));
        return byNode.values().stream()
                .map(its -> {
                    boolean needed = its.stream().anyMatch(gap -> isNeeded(w, gap));
                    String what = needed ? "announced: something is missing, " : "announced: nothing is missing, ";
                    return what + its.get(its.size() - 1).reason();
                })
                .toList();
    }

    private boolean isNeeded(Witness w, Gap gap) {
        boolean isClaimed = gap.epoch() != null && truth.claimsTooMuch(w, gap.epoch()); // that is to be told, too
        return gap.missed() != null
                || isClaimed
                || truth.incarnations().stream().anyMatch(incarnation -> lacks(w, incarnation, gap));
    }

    /** Does the gap have anything of this stream that is due? */
    private static boolean lacks(Witness w, Truth.Incarnation incarnation, Gap gap) {
        Long behind = w.dueBehind(incarnation);
        return isOf(incarnation, gap) && lastOf(incarnation, gap) > (behind == null ? 0 : behind);
    }

    private static boolean isOf(Truth.Incarnation incarnation, Gap gap) {
        boolean isOfItsNode = gap.node() == null || incarnation.goesBy(gap.node());
        return gap.epoch() == null ? isOfItsNode : gap.epoch().equals(incarnation.epoch);
    }

    /** Up to where the gap leads in this stream: to where it resumes, or to the end of a stream that is over. */
    private static long lastOf(Truth.Incarnation incarnation, Gap gap) {
        Position resumesAt = gap.resumesAt();
        if (resumesAt != null && resumesAt.epoch().equals(incarnation.epoch)) {
            return resumesAt.sequence() - 1;
        }
        boolean hasSuccessor = gap.epoch() != null && resumesAt != null;
        return hasSuccessor || incarnation.isRemoved() ? incarnation.owed() : 0;
    }
}
