package dev.gapless.simulation.explore;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was found.
 *
 * @param states how many there are
 * @param transitions how many ways lead from one to another
 * @param depth how far the last state is from the first
 * @param seconds how long it took
 * @param isWhole whether every state that can be reached was
 * @param broken what is wrong, or null
 * @param path a shortest way there, and where everybody stands then
 */
public record Exploration(
        Configuration configuration,
        int states,
        long transitions,
        int depth,
        double seconds,
        boolean isWhole,
        @Nullable String broken,
        List<String> path) {

    /** Fewer than expected: something that should be explored was not. */
    public boolean isThin() {
        return states < configuration.leastStates() || depth < configuration.leastDepth();
    }

    @Override
    public String toString() {
        String line = "%-34s %8d states %9d transitions %4d deep %7.1f s"
                .formatted(configuration.name(), states, transitions, depth, seconds);
        String how = isWhole ? "" : ", not all of them";
        return broken == null
                ? line + how
                : line + how + "\n    " + broken + "\n      " + String.join("\n      ", path);
    }
}
