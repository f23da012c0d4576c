package dev.gapless.testkit.internal;

import dev.gapless.internal.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Time that passes when a test says so, and then at once. Reading it is thread-safe; {@link Turns} keep the rest apart. */
public final class VirtualTime implements Clock {
    private static final long MS = 1_000_000;

    private final Turns turns;
    private final long startMs;
    private final List<Timed> timed = new CopyOnWriteArrayList<>();
    private volatile long nowNs;

    /** Something that wants a turn at some time. */
    interface Timed {
        /** When, or {@code Long.MAX_VALUE}. */
        long dueNs();

        void onTime();
    }

    public VirtualTime(Turns turns, Instant start) {
        this.turns = turns;
        this.startMs = start.toEpochMilli();
    }

    void add(Timed one) {
        timed.add(one);
    }

    void remove(Timed one) {
        timed.remove(one);
    }

    public Instant now() {
        return Instant.ofEpochMilli(ms());
    }

    @Override
    public long ms() {
        return startMs + nowNs / MS;
    }

    @Override
    public long ns() {
        return nowNs;
    }

    /** Lets so much time pass; whatever is due meanwhile happens when it is due. */
    public void pass(Duration duration) {
        long untilNs = nowNs + duration.toNanos();
        turns.takeAll();
        for (long dueNs = nextDueNs(); dueNs <= untilNs; dueNs = nextDueNs()) {
            nowNs = dueNs;
            for (Timed one : timed) {
                if (one.dueNs() <= nowNs) {
                    turns.add(one, one::onTime);
                }
            }
            turns.takeAll();
        }
        nowNs = Math.max(nowNs, untilNs);
        turns.takeAll();
    }

    /** Like the timers of an actor, never sooner than in a millisecond. */
    private long nextDueNs() {
        long first = Long.MAX_VALUE;
        for (Timed one : timed) {
            first = Math.min(first, one.dueNs());
        }
        return Math.max(first, nowNs + MS);
    }
}
