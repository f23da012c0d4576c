package dev.gapless.simulation.schedule;

import dev.gapless.simulation.oracle.Violation;
import java.util.Collections;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs schedules. Thread-safe: schedules share nothing. */
public final class Simulator {
    private static final int MOST_ATTEMPTS = 400;

    private Simulator() {}

    /** Runs the schedules of these seeds on so many threads, until the report has enough failures. */
    public static void runAll(
            long first, long last, @Nullable Set<Integer> faults, int threads, ScheduleReport report) {
        AtomicLong next = new AtomicLong(first);
        Callable<Boolean> worker = () -> {
            long seed = next.getAndIncrement();
            while (seed <= last && !report.isFull()) {
                report.ran(run(seed, faults));
                seed = next.getAndIncrement();
            }
            return true;
        };
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            for (Future<Boolean> done : pool.invokeAll(Collections.nCopies(threads, worker))) {
                done.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("A schedule could not be run", e.getCause());
        } finally {
            report.end();
            pool.shutdown();
        }
    }

    /** Runs the schedule of a seed with all of its faults, adds it to the report, and returns what it broke, or null. */
    public static @Nullable String judge(long seed, ScheduleReport report) {
        Attempt attempt = attempt(seed, null);
        report.ran(new Outcome(attempt.counts, null));
        return attempt.what;
    }

    /** Runs the schedule of a seed, and reduces its faults if it fails. */
    public static Outcome run(long seed, @Nullable Set<Integer> faults) {
        Attempt attempt = attempt(seed, faults);
        if (attempt.what == null) {
            return new Outcome(attempt.counts, null);
        }
        String kind = kind(attempt.what);
        SortedSet<Integer> fewest = Shrinker.fewest(attempt.struck, MOST_ATTEMPTS, fewer -> {
            String what = attempt(seed, fewer).what;
            return what != null && kind(what).equals(kind);
        });
        String what = attempt(seed, fewest).what;
        return new Outcome(
                attempt.counts,
                new FailedSchedule(seed, what == null ? attempt.what : what, fewest, attempt.struck.size()));
    }

    /** What a schedule counted, and what it broke, or null. */
    public record Outcome(Counts counts, @Nullable FailedSchedule failure) {}

    /** The guarantee, or the exception: while faults are reduced another finding does not count as the same. */
    private static String kind(String what) {
        return what.substring(0, what.indexOf(':') < 0 ? what.length() : what.indexOf(':'));
    }

    /**
     * Runs the schedule of a seed with a trace, which says at its end what everybody knew.
     *
     * @param faults the numbers of those that shall take place, or null for all
     * @return what was broken, or null
     */
    public static @Nullable String trace(long seed, @Nullable Set<Integer> faults, Consumer<String> lines) {
        Schedule schedule = new Schedule(seed, faults, lines);
        String what = broken(schedule);
        schedule.describe();
        return what;
    }

    private record Attempt(@Nullable String what, Counts counts, SortedSet<Integer> struck) {}

    private static Attempt attempt(long seed, @Nullable Set<Integer> faults) {
        Schedule schedule = new Schedule(seed, faults, null);
        String what = broken(schedule);
        return new Attempt(
                what, schedule.counts(), new TreeSet<>(schedule.faults().struck()));
    }

    // What the protocol throws, whatever it is, is a finding: it says so, with the seed.
    @SuppressWarnings("CatchAndPrintStackTrace")
    private static @Nullable String broken(Schedule schedule) {
        try {
            schedule.run();
            return null;
        } catch (Violation e) {
            return schedule.names().shorten(String.valueOf(e.getMessage()));
        } catch (RuntimeException | AssertionError | StackOverflowError e) {
            StackTraceElement[] trace = e.getStackTrace();
            return schedule.names().shorten(e + (trace.length == 0 ? "" : " at " + trace[0]));
        }
    }
}
