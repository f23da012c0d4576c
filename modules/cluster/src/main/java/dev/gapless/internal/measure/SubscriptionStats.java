package dev.gapless.internal.measure;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.Event;
import dev.gapless.Lag;
import dev.gapless.NodeStatus.NamedStatus;
import dev.gapless.NodeStatus.SubscriptionStatus;
import dev.gapless.core.Gap;
import dev.gapless.core.Reason;
import dev.gapless.internal.time.Clock;
import dev.gapless.internal.time.Wakeup;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of one subscription. Written by whoever reads it, one thread at a time; read by any. Each event costs two writes
 * without a fence; two looks at the clock only while somebody asks how long handlers take.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time
public final class SubscriptionStats {
    /** Those first that an operator wants to see. */
    public static final Comparator<SubscriptionStatus> WORST_FIRST = Comparator.comparing(SubscriptionStatus::reloading)
            .thenComparing(status -> status.lag().messages())
            .reversed()
            .thenComparing(SubscriptionStatus::id);

    /** No time was taken. */
    public static final long NO_TIME = Long.MIN_VALUE;

    /** What it is at. */
    public enum State {
        /** It has a name, and the store has not said yet where it begins. */
        WAITING_FOR_STORE,
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

    /** A subscription, as far as it is measured. Thread-safe. */
    public interface Subscribing {
        public String topic();

        /** What it is at, but for a pause. */
        State reading();

        boolean isPaused();

        Lag lag();

        /** Messages that did not follow what it had. */
        long violations();

        /** How its token is kept; null if it has no name. */
        default @Nullable NamedStatus named() {
            return null;
        }
    }

    /** The numbers of a topic, in which its subscriptions count, too. Thread-safe. */
    public interface Totals {
        void add(Count what, long more);

        void subscriptionExpired(Reason reason);

        /** Does anybody want to know how long handlers take? */
        boolean timesHandlers();

        void add(SubscriptionStats subscription);

        /** Counted once for each that was added. */
        void ended(SubscriptionStats subscription, Ended.Reason reason);
    }

    private final Subscribing subscription;
    private volatile Totals topic;
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

    /** Until it begins it counts in those. */
    public SubscriptionStats(Subscribing subscription, Totals before) {
        this.subscription = subscription;
        this.topic = before;
    }

    /** It begins, with this number; from now on it counts there. */
    public void begin(long number, Totals stats) {
        id = number;
        topic = stats;
        stats.add(this);
    }

    /** An actor on the dispatcher of handlers reads it, and is woken like this. */
    public void wokenBy(Wakeup by) {
        wakeup = by;
    }

    public void ended(Ended.Reason reason) {
        topic.ended(this, reason);
        holds(null);
        reloadsSinceNs = NO_TIME;
    }

    // ------------------------------------------------------------------ for its reader

    public void delivered() {
        delivered.lazySet(delivered.getPlain() + 1);
    }

    /** How many messages it was given. Any thread. */
    long deliveries() {
        return delivered.get();
    }

    public void undecodable() {
        topic.add(Count.UNDECODABLE, 1);
    }

    /** Returns how many there were so far. */
    public long wrongClass() {
        topic.add(Count.WRONG_CLASS, 1);
        return ++wrongClass;
    }

    /** It is told this gap, of which so much is a client's word alone. */
    public void missed(Gap gap, Claim claim) {
        Long missed = gap.missed();
        if (claim != Claim.STREAM) {
            expiries.add(gap.reason(), 1);
            topic.subscriptionExpired(gap.reason());
        }
        if (claim != Claim.NOTHING) {
            topic.add(Count.CLAIMED_MESSAGES, missed == null ? 1 : missed);
        } else if (missed != null) {
            topic.add(Count.MISSED_MESSAGES, missed);
        }
    }

    public void violated(long more) {
        topic.add(Count.ORDER_VIOLATIONS, more);
    }

    /** The recipient is given this event. Returns since when, if anybody wants to know. */
    public long gives(Event<?> event) {
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
        return topic.timesHandlers() ? Clock.nowNs() : NO_TIME;
    }

    /** That is what it has been holding for longest now. */
    public void holds(@Nullable Event<?> oldest) {
        inFlight.lazySet(oldest);
    }

    /** It is done with an event that it was given at that time. */
    public void settled(Event<?> event, long sinceNs, boolean failed) {
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

    public long id() {
        return id;
    }

    public String topic() {
        return subscription.topic();
    }

    /** What it is at: paused, if it would read but for that. */
    State state() {
        State state = subscription.reading();
        boolean wouldRead = state == State.READING || state == State.CATCHING_UP;
        return wouldRead && subscription.isPaused() ? State.PAUSED : state;
    }

    Lag lag() {
        return subscription.lag();
    }

    /** All of it. */
    public SubscriptionStatus status(long nowNs) {
        Map<Reason, Long> told = new EnumMap<>(Reason.class);
        for (Reason reason : Reason.values()) {
            told.put(reason, expiries.get(reason));
        }
        return new SubscriptionStatus(
                id,
                subscription.reading().text(),
                subscription.isPaused(),
                lag(),
                delivered.get(),
                Duration.ofNanos(holdingNs(nowNs)),
                failures,
                Duration.ofNanos(reloadingNs(nowNs)),
                reloads,
                reloadFailures,
                told,
                subscription.violations(),
                wrongClass,
                subscription.named());
    }

    /** For how long its token could not be stored; 0 if that works, or it has no name. */
    public long unstoredNs(long nowMs) {
        NamedStatus named = subscription.named();
        Instant since = named == null ? null : named.failingSince();
        return since == null ? 0 : TimeUnit.MILLISECONDS.toNanos(Math.max(0, nowMs - since.toEpochMilli()));
    }

    /** Since when it has been reloading, failed attempts included; 0 if it is not. */
    public long reloadingNs(long nowNs) {
        long since = reloadsSinceNs;
        return since == NO_TIME ? 0 : Math.max(0, nowNs - since);
    }

    /** For how long the recipient has been seen to hold the same event; 0 if it holds none, or another one than before. */
    public long holdingNs(long nowNs) {
        long since = seenSinceNs;
        return since == NO_TIME ? 0 : Math.max(0, nowNs - since);
    }

    // ------------------------------------------------------------------ for one who looks from time to time

    /** Looks what it has been holding for longest, and returns that; null if it is not the same as before. */
    public @Nullable Event<?> look(long nowNs) {
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
    public long lookForWakeup(boolean holds, long nowNs) {
        Wakeup sent = wakeup;
        long number = sent == null ? 0 : sent.number();
        if (holds || number == 0 || number != seenWakeup) {
            seenWakeup = number;
            wakeupSinceNs = nowNs;
        }
        return nowNs - wakeupSinceNs;
    }

    /** Has it been holding that for so long, or for twice as long as when it was last told? */
    public boolean isToWarn(long afterNs, long nowNs) {
        long heldNs = holdingNs(nowNs);
        if (heldNs < Math.max(afterNs, warnAgainNs)) {
            return false;
        }
        warnAgainNs = 2 * heldNs;
        return true;
    }
}
