package dev.gapless.simulation.schedule;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Leaves out faults, halves of them at first and then smaller parts, as long as the rest fails (delta debugging). */
final class Shrinker {
    private Shrinker() {}

    /**
     * The fewest that were found.
     *
     * @param all the numbers of those that fail together
     * @param mostAttempts how often it is tried
     * @param fails does a schedule fail with these alone?
     */
    static SortedSet<Integer> fewest(SortedSet<Integer> all, int mostAttempts, Predicate<Set<Integer>> fails) {
        List<Integer> faults = List.copyOf(all);
        int part = Math.max(1, faults.size() / 2);
        int attempts = 0;
        boolean fewerFound = true;
        while (!faults.isEmpty() && (part > 1 || fewerFound) && attempts < mostAttempts) {
            fewerFound = false;
            for (int from = 0; from < faults.size() && attempts < mostAttempts; attempts++) {
                List<Integer> fewer = new ArrayList<>(faults.subList(0, from));
                fewer.addAll(faults.subList(Math.min(faults.size(), from + part), faults.size()));
                if (fails.test(Collections.unmodifiableSet(new TreeSet<>(fewer)))) {
                    faults = fewer;
                    fewerFound = true;
                } else {
                    from += part;
                }
            }
            // What can be left out at last may depend on what was left out since: single ones are tried until none can.
            fewerFound |= part > 1;
            part = Math.max(1, part / 2);
        }
        return new TreeSet<>(faults);
    }
}
