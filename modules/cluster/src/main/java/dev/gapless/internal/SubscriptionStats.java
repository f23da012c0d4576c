package dev.gapless.internal;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.Event;
import dev.gapless.Lag;
import dev.gapless.NodeStatus.SubscriptionStatus;
import dev.gapless.core.Gap;
import dev.gapless.core.Reason;
import dev.gapless.internal.TopicStats.Count;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of one subscription. Written by whoever reads it, one thread at a time; read by any. Each event costs two writes
 * without a fence and an addition; two looks at the clock only while somebody asks how long handlers take.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time
final class SubscriptionStats {
    /** Those first that an operator wants to see. */
    static final Comparator<SubscriptionStatus> WORST_FIRST = Comparator.comparing(SubscriptionStatus::reloading)
            .thenComparing(status -> status.lag().messages())
            .reversed()
            .thenComparing(SubscriptionStatus::id);

    /** No time was taken. */
    static final long NO_TIME = Long.MIN_VALUE;

    /** What it is at. */
    enum State {
        /** It has no place in a feed yet. */
        OPENING,
        /** It reads the producers' rings. */
        CATCHING_UP,
        /** It reads the node's feed, or waits for something to come. */
        READING,
        /** A reload is due, and may not begin yet. */
        WAITING,
        /** A reload is under way, or waits to be tried again. */
        RELOADING,
        /** The application paused it. */
        PAUSED;

        /** As monitoring and the status show it. */
        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final SubscriptionHandle handle;
    private volatile TopicStats topic = TopicStats.NONE;
    private volatile @Nullable Wakeup wakeup;
    private volatile long id;

    /** What the recipient has been holding for longest. */
    private final AtomicReference<@Nullable Event<?>> inFlight = new AtomicReference<>();

    private final AtomicLong delivered = new AtomicLong();
    private volatile long failures;
    private volatile long wrongClass;
    private volatile long reloads;
    private volatile long reloadFailures;
    private final Counters<Reason> expiries = new Counters<>(Reason.class);
    private volatile long reloadsSinceNs = NO_TIME;

    // What whoever looks from time to time has seen.
    private @Nullable Event<?> seen;
    private long seenReloads;
    private volatile long seenSinceNs = NO_TIME;
    private long warnAgainNs;
    private long seenWakeup;
    private long wakeupSinceNs;

    SubscriptionStats(SubscriptionHandle handle) {
        this.handle = handle;
    }

    /** It begins, with this number; from now on it counts there. */
    void begin(long number, TopicStats stats) {
        id = number;
        topic = stats;
        stats.add(this);
    }

    /** An actor on the dispatcher of handlers reads it, and is woken like this. */
    void wokenBy(Wakeup by) {
        wakeup = by;
    }

    void ended(Ended.Reason reason) {
        topic.ended(this, reason);
        holds(null);
        reloadsSinceNs = NO_TIME;
    }

    // ------------------------------------------------------------------ for its reader

    void delivered() {
        delivered.lazySet(delivered.getPlain() + 1);
        topic.add(Count.DELIVERED, 1);
    }

    void undecodable() {
        topic.add(Count.UNDECODABLE, 1);
    }

    /** Returns how many there were so far. */
    long wrongClass() {
        topic.add(Count.WRONG_CLASS, 1);
        return ++wrongClass;
    }

    void missed(List<Gap> gaps) {
        for (Gap gap : gaps) {
            expiries.add(gap.reason(), 1);
            topic.subscriptionExpired(gap.reason());
            Long missed = gap.missed();
            if (missed != null) {
                topic.add(Count.MISSED_MESSAGES, missed);
            }
        }
    }

    void violated(long more) {
        topic.add(Count.ORDER_VIOLATIONS, more);
    }

    /** The recipient is given this event. Returns since when, if anybody wants to know. */
    long gives(Event<?> event) {
        if (inFlight.getPlain() == null) {
            holds(event);
        }
        if (event instanceof CursorExpired) {
            long nowNs = Clock.nowNs();
            if (reloadsSinceNs == NO_TIME) {
                reloadsSinceNs = nowNs;
            }
            return nowNs;
        }
        return topic.node().timesHandlers() ? Clock.nowNs() : NO_TIME;
    }

    /** That is what it has been holding for longest now. */
    void holds(@Nullable Event<?> oldest) {
        inFlight.lazySet(oldest);
    }

    /** It is done with an event that it was given at that time. */
    void settled(Event<?> event, long sinceNs, boolean failed) {
        if (event instanceof CursorExpired) {
            reloads++;
            topic.add(Count.RELOADS, 1);
            topic.add(Count.RELOADS_NS, Clock.nowNs() - sinceNs);
            if (failed) {
                reloadFailures++;
                topic.add(Count.RELOAD_FAILURES, 1);
            } else {
                reloadsSinceNs = NO_TIME;
            }
        } else if (event instanceof Delivery) {
            if (sinceNs != NO_TIME) {
                topic.add(Count.HANDLED, 1);
                topic.add(Count.HANDLED_NS, Clock.nowNs() - sinceNs);
            }
            if (failed) {
                failures++;
                topic.add(Count.HANDLER_FAILURES, 1);
            }
        }
    }

    // ------------------------------------------------------------------ for everybody

    long id() {
        return id;
    }

    String topic() {
        return handle.topic();
    }

    /** What it is at: paused, if it would read but for that. */
    State state() {
        State state = reading();
        boolean wouldRead = state == State.READING || state == State.CATCHING_UP;
        return wouldRead && handle.isPaused() ? State.PAUSED : state;
    }

    private State reading() {
        EventReader<?> reader = handle.reader();
        if (reader == null) {
            return State.OPENING;
        } else if (reader.state().isReloading()) {
            return State.RELOADING;
        } else if (reader.state().isWaiting()) {
            return State.WAITING;
        }
        return reader.state().isCatchingUp() ? State.CATCHING_UP : State.READING;
    }

    Lag lag() {
        return handle.lag();
    }

    /** All of it. */
    SubscriptionStatus status(long nowNs) {
        EventReader<?> reader = handle.reader();
        Map<Reason, Long> told = new EnumMap<>(Reason.class);
        for (Reason reason : Reason.values()) {
            told.put(reason, expiries.get(reason));
        }
        return new SubscriptionStatus(
                id,
                reading().text(),
                handle.isPaused(),
                lag(),
                delivered.get(),
                Duration.ofNanos(holdingNs(nowNs)),
                failures,
                Duration.ofNanos(reloadingNs(nowNs)),
                reloads,
                reloadFailures,
                told,
                reader == null ? 0 : reader.state().violations(),
                wrongClass);
    }

    /** Since when it has been reloading, failed attempts included; 0 if it is not. */
    long reloadingNs(long nowNs) {
        long since = reloadsSinceNs;
        return since == NO_TIME ? 0 : Math.max(0, nowNs - since);
    }

    /** For how long the recipient has been seen to hold the same event; 0 if it holds none, or another one than before. */
    long holdingNs(long nowNs) {
        long since = seenSinceNs;
        return since == NO_TIME ? 0 : Math.max(0, nowNs - since);
    }

    // ------------------------------------------------------------------ for one who looks from time to time

    /** Looks what it has been holding for longest, and returns that; null if it is not the same as before. */
    @Nullable Event<?> look(long nowNs) {
        Event<?> held = inFlight.get();
        long ended = reloads; // a reload that is tried again is the same event
        boolean same = held != null && held == seen && ended == seenReloads;
        if (!same) {
            seen = held;
            seenReloads = ended;
            seenSinceNs = held == null ? NO_TIME : nowNs;
            warnAgainNs = 0;
        }
        return same ? held : null;
    }

    /**
     * For how long one wake-up of it has been seen under way: nobody ran it since. 0 if none is, or another one than before, or if the
     * recipient holds an event.
     */
    long lookForWakeup(boolean holds, long nowNs) {
        Wakeup sent = wakeup;
        long number = sent == null ? 0 : sent.number();
        if (holds || number == 0 || number != seenWakeup) {
            seenWakeup = number;
            wakeupSinceNs = nowNs;
        }
        return nowNs - wakeupSinceNs;
    }

    /** Has it been holding that for so long, or for twice as long as when it was last told? */
    boolean isToWarn(long afterNs, long nowNs) {
        long heldNs = holdingNs(nowNs);
        if (heldNs < Math.max(afterNs, warnAgainNs)) {
            return false;
        }
        warnAgainNs = 2 * heldNs;
        return true;
    }
}
