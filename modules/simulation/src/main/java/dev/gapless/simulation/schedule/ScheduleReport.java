package dev.gapless.simulation.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the schedules of a range of seeds did, how fast, and what they broke. Each must be level within a stated time after
 * its last fault: three heartbeats, twice the longest backoff, the time that a lost producer is waited for, the longest wait
 * for a reload, and ten seconds. Thread-safe.
 */
public final class ScheduleReport {
    private final long startedNs = System.nanoTime();
    private final int mostFailures;
    private final Counts counts = new Counts();
    private final List<FailedSchedule> failures = new ArrayList<>();
    private boolean ended;

    /** @param mostFailures with so many it is full, and nothing more is run */
    public ScheduleReport(int mostFailures) {
        this.mostFailures = mostFailures;
    }

    synchronized void ran(Simulator.Outcome outcome) {
        counts.add("schedules");
        counts.add(outcome.counts());
        if (outcome.failure() != null) {
            failures.add(outcome.failure());
        }
    }

    /** Nothing more is run. */
    public synchronized void end() {
        ended = true;
    }

    synchronized boolean isFull() {
        return ended || failures.size() >= mostFailures;
    }

    /** What was broken, by seed. */
    public synchronized List<FailedSchedule> failures() {
        return failures.stream()
                .sorted(Comparator.comparing(FailedSchedule::seed))
                .toList();
    }

    /** What is wrong with the schedules, in one line; null if nothing is. */
    public synchronized @Nullable String broken() {
        String schedules = String.format(Locale.ROOT, "%,d schedules", counts.of("schedules"));
        if (!failures.isEmpty()) {
            return failures.size() + " of " + schedules + " failed";
        }
        String needless = needless();
        return needless == null ? null : schedules + " " + needless;
    }

    /** What they announced too often, in words; null if nothing, or if there are too few to tell. */
    public synchronized @Nullable String needless() {
        List<String> beyond = Needless.beyondBounds(counts);
        return beyond.isEmpty()
                ? null
                : "announced losses too often behind which nothing was missing, and applications reload for nothing: "
                        + String.join("; ", beyond);
    }

    /** How often this occurred. */
    public synchronized long of(String what) {
        return counts.of(what);
    }

    /** How far it is, in one line. */
    public synchronized String progress() {
        return String.format(
                Locale.ROOT,
                "%,d schedules, %,.0f a second, %,d steps, %d failed",
                counts.of("schedules"),
                counts.of("schedules") / seconds(),
                counts.of("steps"),
                failures.size());
    }

    /** All that was counted, group by group, and the failures. */
    public synchronized List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%,d schedules, %,d steps, %.1f s: %,.0f schedules and %,.0f steps a second",
                counts.of("schedules"),
                counts.of("steps"),
                seconds(),
                counts.of("schedules") / seconds(),
                counts.of("steps") / seconds()));
        String group = "";
        for (Map.Entry<String, Long> entry : counts.all().entrySet()) {
            int colon = entry.getKey().indexOf(": ");
            if (colon > 0) {
                if (!entry.getKey().substring(0, colon).equals(group)) {
                    group = entry.getKey().substring(0, colon);
                    lines.add(group);
                }
                lines.add(String.format(
                        Locale.ROOT,
                        "  %,14d  %s",
                        entry.getValue(),
                        entry.getKey().substring(colon + 2)));
            }
        }
        for (FailedSchedule failure : failures()) {
            lines.addAll(failure.lines());
        }
        return lines;
    }

    private double seconds() {
        return Math.max(1, System.nanoTime() - startedNs) / 1e9;
    }
}
