package dev.gapless.simulation.schedule;

import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A seed whose schedule breaks a guarantee, or the protocol's own assertions.
 *
 * @param seed the seed
 * @param what the guarantee and what broke it
 * @param faults the numbers of those faults that suffice for it
 * @param planned how many faults took place before they were reduced to these
 */
public record FailedSchedule(long seed, String what, SortedSet<Integer> faults, int planned) {
    public FailedSchedule {
        faults = new TreeSet<>(faults);
    }

    /** The command that runs it again, with a trace. */
    public String command() {
        return "gapless simulate --seeds " + seed + ".." + seed + " --faults " + list(faults) + " --trace";
    }

    /** What it is, for people. */
    public List<String> lines() {
        return List.of(
                "FAILED seed " + seed + ": " + what,
                "  " + faults.size() + " of its " + planned + " faults suffice: " + list(faults),
                "  " + command());
    }

    private static String list(Set<Integer> numbers) {
        return numbers.isEmpty()
                ? "none"
                : String.join(",", numbers.stream().map(String::valueOf).toList());
    }
}
