package dev.gapless.internal.subscribe;

import dev.gapless.CursorExpired;
import dev.gapless.Ended;
import dev.gapless.Event;
import dev.gapless.OnFailure;
import dev.gapless.core.CursorToken;
import dev.gapless.core.delivery.SubscriptionState;
import dev.gapless.internal.fence.Fence;
import dev.gapless.internal.measure.SubscriptionStats;
import dev.gapless.internal.time.Wakeup;
import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a subscription, and gives its events to its {@link Recipient}. Nothing waits in here: it reads the feed when it is told to
 * look, and pauses by not reading. An expiry is given once everything before it was dealt with, and then nothing until the reload
 * has succeeded.
 *
 * <p>An actor runs it, or a stage of a stream. One thread at a time.
 */
final class SubscriptionLoop<T> {
    private static final Logger LOG = LoggerFactory.getLogger(SubscriptionLoop.class);

    private static final int EVENTS_PER_TURN = 256;

    /** Where it runs. */
    interface Place {
        /** Brings this back to {@link #on}, as a turn of its own. Any thread. */
        void tell(Cue cue);

        /** Brings {@link Cue.Plain#TIME} back after this time; the last call counts. */
        void tellAfter(Duration wait);
    }

    private final SubscriptionSpec<T> reading;
    private final Recipient<T> recipient;
    private final SubscriptionHandle handle;
    private final SubscriptionStats stats;
    private final SubscriptionHost node;
    private final Wakeup wakeup;
    private final Place place;
    private final InFlight<T> inFlight = new InFlight<>();
    private final Recipient.Receipts receipts;

    private @Nullable EventReader<T> reader;
    /** An expiry that comes next, once everything before it was dealt with, or it is time to try again. */
    private @Nullable CursorExpired<T> expired;

    private final FirstLoad<T> firstLoad;
    private boolean waitsToRetry;
    private boolean ended;

    SubscriptionLoop(SubscriptionSpec<T> reading, SubscriptionHost node, Wakeup wakeup, Place place) {
        this.reading = reading;
        this.recipient = reading.recipient();
        this.handle = reading.handle();
        this.stats = handle.stats();
        this.node = node;
        this.wakeup = wakeup;
        this.place = place;
        this.firstLoad = new FirstLoad<>(reading);
        this.receipts = (number, outcome) -> {
            if (!handle.hasEnded()) {
                place.tell(new Cue.Settled(number, outcome));
            }
        };
    }

    /** Nothing more is read, and nothing more is to be told to it. */
    boolean hasEnded() {
        return ended;
    }

    /** Carries out what follows from this, and reads on. */
    void on(Cue cue) {
        if (ended) {
            return;
        }
        if (cue == Cue.Plain.LOOK) {
            wakeup.arrived();
        } else if (cue == Cue.Plain.TIME) {
            waitsToRetry = false;
        } else if (cue instanceof Cue.Settled settled) {
            settle(settled.number(), settled.outcome());
        } else if (cue instanceof Cue.Opened opened) {
            open(opened);
        } else if (cue instanceof Cue.Positioned positioned) {
            firstLoad.positioned(positioned.ready());
        } else if (cue instanceof Cue.Ending ending) {
            end(ending.reason(), ending.cause());
        }
        read();
    }

    private void open(Cue.Opened command) {
        SubscriptionState state = recipient.reloadsByItself() ? command.state().tellingAtOnce() : command.state();
        EventReader<T> opened =
                node.reader(reading.topic(), reading.settings(), reading.id(), state, command.feedback());
        reader = opened;
        handle.opened(opened, () -> token(opened));
    }

    /**
     * Never ahead of what the recipient has dealt with. The reader is asked first: it passes an event after the event was held here, so
     * what it has passed by then is held, or was dealt with. Any thread.
     */
    private CursorToken token(EventReader<T> opened) {
        CursorToken read = opened.token();
        CursorToken held = inFlight.token();
        return held == null ? read : held;
    }

    /** It ends, unless it has. */
    void end(Ended.Reason reason, @Nullable Throwable cause) {
        if (!ended) {
            ended = true;
            CursorToken token = handle.token();
            handle.ending();
            node.closeSubscription(reading.topic().name(), reading.id());
            handle.beginHandling();
            try {
                recipient.ended(new Ended<>(reading.topic().name(), reason, cause, token));
            } finally {
                handle.endHandling();
                handle.ended(reason, token, cause);
            }
        }
    }

    /** The last event, if the event of this number was dealt with after the end. A gap is announced again to whoever resumes. */
    Ended<T> endedBehind(long number, Ended<T> last) {
        Event<T> event = inFlight.get(number);
        return event == null || event instanceof CursorExpired<T>
                ? last
                : new Ended<>(last.topic(), last.reason(), last.cause(), event.token());
    }

    // ------------------------------------------------------------------ reading

    /** Gives what the recipient may hold, as much as one turn allows. */
    void read() {
        EventReader<T> events = reader;
        for (int i = 0; i < EVENTS_PER_TURN && events != null; i++) {
            if (handle.isCancelled()) {
                end(Ended.Reason.CANCELLED, null);
            }
            if (ended
                    || handle.isPaused()
                    || waitsToRetry
                    || firstLoad.waits()
                    || (firstLoad.isUnderWay() && expired == null)
                    || inFlight.size() >= recipient.window()) {
                return;
            }
            Event<T> event =
                    expired != null ? expired : firstLoad.isDue() ? firstLoad.begin(events) : events.nextEvent();
            if (event == null) {
                if (events.hasMore()) {
                    break;
                }
                events.waitNs().ifPresent(wait -> place.tellAfter(Duration.ofNanos(wait)));
                return;
            }
            if (event instanceof CursorExpired<T> next && !inFlight.isEmpty()) {
                expired = next;
                return;
            }
            expired = null;
            give(event, events);
        }
        if (events != null && !ended && wakeup.claim()) {
            place.tell(Cue.Plain.LOOK);
        }
    }

    private void give(Event<T> event, EventReader<T> events) {
        long number = inFlight.nextNumber();
        long sinceNs = stats.gives(event);
        Outcome outcome;
        handle.beginHandling();
        try {
            outcome = recipient.give(event, number, receipts);
        } finally {
            handle.endHandling();
        }
        boolean done = outcome != null && outcome.failure() == null;
        if (done && inFlight.isEmpty() && !(event instanceof CursorExpired)) {
            events.handled();
            stats.settled(event, sinceNs, false);
            stats.holds(null);
            return;
        }
        inFlight.add(event, sinceNs, events.inFront());
        if (outcome != null) {
            settle(number, outcome);
        }
    }

    private void settle(long number, Outcome outcome) {
        Event<T> event = inFlight.get(number);
        EventReader<T> events = reader;
        if (event == null || events == null) {
            return;
        }
        Throwable failure = outcome.failure();
        stats.settled(event, inFlight.sinceNs(number), failure != null);
        if (event instanceof CursorExpired<T> expiry) {
            inFlight.clear();
            if (firstLoad.is(expiry)) {
                if (failure == null) {
                    firstLoad.succeeded(outcome.reload(), events);
                } else {
                    tryAgain(expiry, failure, firstLoad.failed(events));
                }
            } else if (failure == null) {
                events.state()
                        .reloaded(
                                outcome.reload() == null
                                        ? null
                                        : outcome.reload().upTo());
            } else {
                tryAgain(expiry, failure, events.state().reloadFailed());
            }
        } else if (failure != null && onFailure(event, failure) == OnFailure.STOP) {
            end(Ended.Reason.FAILED, failure);
        } else if (inFlight.done(number)) {
            events.handled();
            inFlight.clear();
        }
        stats.holds(inFlight.first());
    }

    /** A handler's function, too: it cannot wait for the end. */
    private OnFailure onFailure(Event<T> event, Throwable failure) {
        handle.beginHandling();
        try {
            return recipient.failed(event, failure);
        } finally {
            handle.endHandling();
        }
    }

    private void tryAgain(CursorExpired<T> expiry, Throwable failure, OptionalLong waitNs) {
        if (waitNs.isEmpty()) {
            Fence.log(
                    failure,
                    shown -> LOG.error(
                            "Topic {}: the reload failed for the last time (gapless.reload-backoff.attempts), the subscription ends",
                            reading.topic().name(),
                            shown));
            end(Ended.Reason.FAILED, failure);
            return;
        }
        Duration wait = Duration.ofNanos(waitNs.getAsLong());
        Fence.log(
                failure,
                shown -> LOG.warn(
                        "Topic {}: the reload failed, it is tried again in {} ms",
                        reading.topic().name(),
                        wait.toMillis(),
                        shown));
        expired = expiry;
        waitsToRetry = true;
        place.tellAfter(wait);
    }
}
