package dev.gapless.internal.time;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * The next deadlines of many, most of whom have none, and one timer for the earliest: who has none costs nothing. A deadline that moves
 * further away is not touched: it then comes early, finds nothing due, and is set again. One thread at a time.
 */
public final class Deadlines<S extends Deadlines.Entry> {
    static final long NEVER = Long.MAX_VALUE;

    private static final long SHORTEST_NS = 1_000_000;

    /** Who has deadlines. */
    public abstract static class Entry {
        private long wakesAtNs = NEVER;
        private long number;
    }

    /** Has {@link #due} called after a while; the last call counts. */
    public interface Timer {
        void start(long afterNs);
    }

    private final TreeSet<S> asleep = new TreeSet<>(Deadlines::compare);
    private final Timer timer;
    private long timerNs = NEVER;
    private long numbers;

    public Deadlines(Timer timer) {
        this.timer = timer;
    }

    private static int compare(Entry one, Entry other) {
        long later = one.wakesAtNs - other.wakesAtNs; // a clock for durations: only differences mean anything
        return later == 0 ? Long.compare(one.number, other.number) : Long.signum(later);
    }

    /** It is due at this time, or was due earlier; not at all, if it is {@link #NEVER}. */
    public void set(S entry, long deadlineNs, long nowNs) {
        Entry known = entry;
        if (deadlineNs == NEVER || (known.wakesAtNs != NEVER && known.wakesAtNs - deadlineNs <= 0)) {
            return;
        }
        remove(entry);
        known.wakesAtNs = deadlineNs;
        known.number = numbers++;
        asleep.add(entry);
        startTimer(nowNs);
    }

    public void remove(S entry) {
        Entry known = entry;
        if (known.wakesAtNs != NEVER) {
            asleep.remove(entry);
            known.wakesAtNs = NEVER;
        }
    }

    /** The timer has rung: those that are due now. */
    public List<S> due(long nowNs) {
        timerNs = NEVER;
        List<S> due = new ArrayList<>();
        while (!asleep.isEmpty() && wakesAtNs(asleep.first()) - nowNs <= 0) {
            S first = asleep.first();
            remove(first);
            due.add(first);
        }
        startTimer(nowNs);
        return due;
    }

    private void startTimer(long nowNs) {
        if (asleep.isEmpty()) {
            return;
        }
        long firstNs = wakesAtNs(asleep.first());
        if (timerNs == NEVER || firstNs - timerNs < 0) {
            timerNs = firstNs;
            timer.start(Math.max(SHORTEST_NS, firstNs - nowNs));
        }
    }

    private static long wakesAtNs(Entry entry) {
        return entry.wakesAtNs;
    }
}
