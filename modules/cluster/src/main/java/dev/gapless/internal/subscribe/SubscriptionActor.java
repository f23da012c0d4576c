package dev.gapless.internal.subscribe;

import dev.gapless.CursorExpired;
import dev.gapless.Ended;
import dev.gapless.Event;
import dev.gapless.OnFailure;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Topic;
import dev.gapless.core.CursorToken;
import dev.gapless.core.subscription.SubscriptionState;
import dev.gapless.internal.measure.SubscriptionStats;
import dev.gapless.internal.time.Wakeup;
import java.time.Duration;
import java.util.OptionalLong;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ExtensibleBehavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a subscription's events to its {@link Recipient}, on the application's dispatcher. Nothing waits in its mailbox: it
 * reads the feed when it is woken, and pauses by not reading. An expiry is given once everything before it was dealt with, and
 * then nothing until the reload has succeeded.
 */
public final class SubscriptionActor<T> extends ExtensibleBehavior<SubscriptionActor.Command> {
    /** The context's own would be Pekko's, once a timer has rung. */
    private static final Logger LOG = LoggerFactory.getLogger(SubscriptionActor.class);

    private static final int EVENTS_PER_TURN = 256;

    public sealed interface Command {}

    private enum Cue implements Command {
        READ,
        RETRY
    }

    private record Opened(SubscriptionState state, Feedback.Sink feedback) implements Command {}

    private record Ending(Ended.Reason reason, @Nullable Throwable cause) implements Command {}

    private record Settled(long number, Outcome outcome) implements Command {}

    /** What is read, and who reads it. */
    public record Reading<T>(
            Topic<T> topic, SubscriptionSettings settings, long id, Recipient<T> recipient, SubscriptionHandle handle) {

        /** The same, read by another one. */
        public Reading<T> by(Recipient<T> other) {
            return new Reading<>(topic, settings, id, other, handle);
        }
    }

    private final ActorContext<Command> context;
    private final Topic<T> topic;
    private final Reading<T> reading;
    private final Recipient<T> recipient;
    private final SubscriptionHandle handle;
    private final SubscriptionStats stats;
    private final SubscriptionHost node;
    private final TimerScheduler<Command> timers;
    private final Wakeup wakeup;
    private final InFlight<T> inFlight = new InFlight<>();
    private final Recipient.Receipts receipts;

    private @Nullable EventReader<T> reader;
    /** An expiry that comes next, once everything before it was dealt with, or it is time to try again. */
    private @Nullable CursorExpired<T> expired;

    private boolean waitsToRetry;
    private boolean ended;

    public static <T> Behavior<Command> create(Reading<T> reading, SubscriptionHost node, Wakeup wakeup) {
        return Behaviors.setup(context ->
                Behaviors.withTimers(timers -> new SubscriptionActor<>(context, reading, node, timers, wakeup)));
    }

    private SubscriptionActor(
            ActorContext<Command> context,
            Reading<T> reading,
            SubscriptionHost node,
            TimerScheduler<Command> timers,
            Wakeup wakeup) {
        this.context = context;
        this.reading = reading;
        this.topic = reading.topic();
        this.recipient = reading.recipient();
        this.handle = reading.handle();
        this.stats = handle.stats();
        this.node = node;
        this.timers = timers;
        this.wakeup = wakeup;
        ActorRef<Command> self = context.getSelf();
        this.receipts = (number, outcome) -> {
            if (!handle.hasEnded()) {
                self.tell(new Settled(number, outcome));
            }
        };
    }

    /** Tells the actor that runs this behavior. */
    public static SubscriptionListener listener(ActorRef<Command> actor, SubscriptionHandle handle, Wakeup wakeup) {
        handle.stats().wokenBy(wakeup);
        return SubscriptionLink.of(handle, wakeup, new SubscriptionLink.Place() {
            @Override
            public void opened(SubscriptionState state, Feedback.Sink feedback) {
                actor.tell(new Opened(state, feedback));
            }

            @Override
            public void look() {
                actor.tell(Cue.READ);
            }

            @Override
            public void end(Ended.Reason reason, @Nullable Throwable cause) {
                actor.tell(new Ending(reason, cause));
            }
        });
    }

    /** There is one of these for each subscription: a table of handlers for each would cost more than all of its state. */
    @Override
    public Behavior<Command> receive(TypedActorContext<Command> unused, Command command) {
        if (command == Cue.READ) {
            return onRead();
        } else if (command instanceof Settled settled) {
            return onSettled(settled);
        } else if (command instanceof Opened opened) {
            return onOpened(opened);
        } else if (command instanceof Ending ending) {
            return end(ending.reason(), ending.cause());
        }
        return onRetry();
    }

    @Override
    public Behavior<Command> receiveSignal(TypedActorContext<Command> unused, Signal signal) {
        if (signal instanceof Terminated) {
            return end(Ended.Reason.CANCELLED, null);
        }
        return signal instanceof PostStop ? onStop() : Behaviors.unhandled();
    }

    private Behavior<Command> onOpened(Opened command) {
        EventReader<T> opened =
                node.reader(topic, reading.settings(), reading.id(), command.state(), command.feedback());
        reader = opened;
        ActorRef<?> owner = recipient.owner();
        if (owner != null) {
            context.watch(owner); // not before: an owner that has stopped closes what the consumer has opened by then
        }
        handle.opened(opened, () -> {
            CursorToken token = inFlight.token();
            return token == null ? opened.token() : token;
        });
        return onRead();
    }

    private Behavior<Command> onRead() {
        wakeup.arrived();
        return read();
    }

    private Behavior<Command> onSettled(Settled command) {
        settle(command.number(), command.outcome());
        return read();
    }

    private Behavior<Command> onRetry() {
        waitsToRetry = false;
        return read();
    }

    private Behavior<Command> read() {
        EventReader<T> events = reader;
        for (int i = 0; i < EVENTS_PER_TURN && events != null; i++) {
            if (!ended && handle.isCancelled()) {
                end(Ended.Reason.CANCELLED, null);
            }
            if (ended) {
                return Behaviors.stopped();
            }
            if (handle.isPaused() || waitsToRetry || inFlight.size() >= recipient.window()) {
                return this;
            }
            Event<T> event = expired != null ? expired : events.next();
            if (event == null) {
                if (events.hasMore()) {
                    break;
                }
                events.waitNs().ifPresent(wait -> timers.startSingleTimer(Cue.RETRY, Duration.ofNanos(wait)));
                return this;
            }
            if (event instanceof CursorExpired<T> next && !inFlight.isEmpty()) {
                expired = next;
                return this;
            }
            expired = null;
            give(event, events);
        }
        if (ended) {
            return Behaviors.stopped();
        }
        if (events != null && wakeup.claim()) {
            context.getSelf().tell(Cue.READ);
        }
        return this;
    }

    private void give(Event<T> event, EventReader<T> events) {
        long number = inFlight.nextNumber();
        long sinceNs = stats.gives(event);
        Outcome outcome = recipient.give(event, number, receipts);
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
            if (failure == null) {
                events.state()
                        .reloaded(
                                outcome.reload() == null
                                        ? null
                                        : outcome.reload().upTo());
            } else {
                tryAgain(expiry, failure, events);
            }
        } else if (failure != null && recipient.failed(event, failure) == OnFailure.STOP) {
            end(Ended.Reason.FAILED, failure);
        } else if (inFlight.done(number)) {
            events.handled();
            inFlight.clear();
        }
        stats.holds(inFlight.first());
    }

    private void tryAgain(CursorExpired<T> expiry, Throwable failure, EventReader<T> events) {
        OptionalLong waitNs = events.state().reloadFailed();
        if (waitNs.isEmpty()) {
            LOG.error(
                    "Topic {}: the reload failed for the last time (gapless.reload-backoff.attempts), the subscription ends",
                    topic.name(),
                    failure);
            end(Ended.Reason.FAILED, failure);
            return;
        }
        Duration wait = Duration.ofNanos(waitNs.getAsLong());
        LOG.warn("Topic {}: the reload failed, it is tried again in {} ms", topic.name(), wait.toMillis(), failure);
        expired = expiry;
        waitsToRetry = true;
        timers.startSingleTimer(Cue.RETRY, wait);
    }

    private Behavior<Command> onStop() {
        return node.isClosing()
                ? end(Ended.Reason.SHUTDOWN, null)
                : end(
                        Ended.Reason.FAILED,
                        new IllegalStateException("The subscription has stopped; the log tells why"));
    }

    private Behavior<Command> end(Ended.Reason reason, @Nullable Throwable cause) {
        if (!ended) {
            ended = true;
            CursorToken token = handle.token();
            node.closeSubscription(topic.name(), reading.id());
            try {
                recipient.ended(new Ended<>(topic.name(), reason, cause, token));
            } finally {
                handle.ended(reason, token, cause);
            }
        }
        return Behaviors.stopped();
    }
}
