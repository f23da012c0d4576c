package dev.gapless.simulation.schedule;

import dev.gapless.simulation.oracle.Violation;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs schedules. Thread-safe: schedules share nothing. */
public final class Simulator {
    private static final int MOST_ATTEMPTS = 400;

    private Simulator() {}

    /** Runs the schedule of a seed, counts into {@code counts}, and returns what it broke, or null. */
    public static @Nullable Failure run(long seed, Counts counts) {
        Attempt attempt = attempt(seed, null);
        if (attempt.what == null) {
            counts.add(attempt.counts);
            return null;
        }
        SortedSet<Integer> faults = fewest(seed, attempt.struck);
        String what = attempt(seed, faults).what;
        return new Failure(seed, what == null ? attempt.what : what, faults, attempt.struck.size());
    }

    /**
     * Runs the schedule of a seed with a trace, which says at its end what everybody knew.
     *
     * @param faults the numbers of those that shall take place, or null for all
     * @return what was broken, or null
     */
    public static @Nullable String trace(long seed, @Nullable Set<Integer> faults, Consumer<String> lines) {
        Schedule schedule = new Schedule(seed, faults, lines);
        String what = outcome(schedule, new Counts());
        schedule.describe().forEach(lines);
        return what;
    }

    private record Attempt(@Nullable String what, Counts counts, SortedSet<Integer> struck) {}

    private static Attempt attempt(long seed, @Nullable Set<Integer> faults) {
        Schedule schedule = new Schedule(seed, faults, null);
        Counts counts = new Counts();
        String what = outcome(schedule, counts);
        return new Attempt(what, counts, new TreeSet<>(schedule.faults().struck()));
    }

    // What the protocol throws, whatever it is, is a finding: it says so, with the seed.
    @SuppressWarnings("CatchAndPrintStackTrace")
    private static @Nullable String outcome(Schedule schedule, Counts counts) {
        try {
            counts.add(schedule.run());
            return null;
        } catch (Violation e) {
            return e.getMessage();
        } catch (RuntimeException | AssertionError | StackOverflowError e) {
            StackTraceElement[] trace = e.getStackTrace();
            return e + (trace.length == 0 ? "" : " at " + trace[0]);
        }
    }

    /** Leaves out faults, in halves and then smaller parts, as long as a guarantee is still broken (delta debugging). */
    private static SortedSet<Integer> fewest(long seed, SortedSet<Integer> all) {
        List<Integer> faults = List.copyOf(all);
        int attempts = 0;
        for (int part = Math.max(1, faults.size() / 2); part >= 1; part = part == 1 ? 0 : part / 2) {
            for (int from = 0; from < faults.size() && attempts < MOST_ATTEMPTS; attempts++) {
                List<Integer> fewer = new java.util.ArrayList<>(faults.subList(0, from));
                fewer.addAll(faults.subList(Math.min(faults.size(), from + part), faults.size()));
                if (attempt(seed, Set.copyOf(fewer)).what != null) {
                    faults = fewer;
                } else {
                    from += part;
                }
            }
        }
        return new TreeSet<>(faults);
    }
}
