package dev.gapless.internal;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.Event;
import dev.gapless.MessageHandler;
import dev.gapless.OnFailure;
import dev.gapless.ProducerLeft;
import dev.gapless.Ready;
import dev.gapless.Reload;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Topic;
import dev.gapless.Undecodable;
import dev.gapless.core.CursorToken;
import dev.gapless.core.subscription.SubscriptionState;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * Gives a subscription's events to the application's handler, one at a time, on the application's dispatcher. Nothing waits
 * in its mailbox: it reads the feed when it is woken, and pauses by not reading.
 */
final class HandlerActor<T> extends AbstractBehavior<HandlerActor.Command> {
    private static final int EVENTS_PER_TURN = 256;

    sealed interface Command {}

    private enum Signal implements Command {
        READ,
        RETRY,
        CANCEL,
        SHUTDOWN
    }

    private record Opened(SubscriptionState state, ActorRef<ConsumerActor.Command> consumer) implements Command {}

    private record Refused(RuntimeException cause) implements Command {}

    private record Reloaded(Reload reload) implements Command {}

    private record ReloadFailed(Throwable cause) implements Command {}

    private final Topic<T> topic;
    private final SubscriptionSettings settings;
    private final long id;
    private final MessageHandler<T> handler;
    private final SubscriptionHandle handle;
    private final GaplessNode node;
    private final TimerScheduler<Command> timers;
    private final Wakeup wakeup;

    private @Nullable EventReader<T> reader;
    private @Nullable CursorExpired<T> reloading;
    private boolean ended;

    static <T> Behavior<Command> create(
            Topic<T> topic,
            SubscriptionSettings settings,
            long id,
            MessageHandler<T> handler,
            SubscriptionHandle handle,
            GaplessNode node,
            Wakeup wakeup) {
        return Behaviors.setup(context -> Behaviors.withTimers(
                timers -> new HandlerActor<>(context, topic, settings, id, handler, handle, node, timers, wakeup)));
    }

    private HandlerActor(
            ActorContext<Command> context,
            Topic<T> topic,
            SubscriptionSettings settings,
            long id,
            MessageHandler<T> handler,
            SubscriptionHandle handle,
            GaplessNode node,
            TimerScheduler<Command> timers,
            Wakeup wakeup) {
        super(context);
        this.topic = topic;
        this.settings = settings;
        this.id = id;
        this.handler = handler;
        this.handle = handle;
        this.node = node;
        this.timers = timers;
        this.wakeup = wakeup;
    }

    /** What the consumer's actor tells the one that runs this behavior. */
    static SubscriptionListener listener(ActorRef<Command> actor, SubscriptionHandle handle, Wakeup wakeup) {
        handle.cancelWith(() -> actor.tell(Signal.CANCEL));
        return new SubscriptionListener() {
            @Override
            public void opened(SubscriptionState state, ActorRef<ConsumerActor.Command> consumer) {
                actor.tell(new Opened(state, consumer));
            }

            @Override
            public void wake() {
                if (wakeup.claim()) {
                    actor.tell(Signal.READ);
                }
            }

            @Override
            public void ready(Set<String> silent) {
                handle.ready(new Ready(silent));
            }

            @Override
            public void shutdown() {
                actor.tell(Signal.SHUTDOWN);
            }

            @Override
            public void refused(RuntimeException cause) {
                actor.tell(new Refused(cause));
            }
        };
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessageEquals(Signal.READ, this::onRead)
                .onMessage(Opened.class, this::onOpened)
                .onMessage(Reloaded.class, this::onReloaded)
                .onMessage(ReloadFailed.class, this::onReloadFailed)
                .onMessageEquals(Signal.RETRY, this::onRetry)
                .onMessageEquals(Signal.CANCEL, () -> end(Ended.Reason.CANCELLED, null))
                .onMessageEquals(Signal.SHUTDOWN, () -> end(Ended.Reason.SHUTDOWN, null))
                .onMessage(Refused.class, refused -> end(Ended.Reason.FAILED, refused.cause()))
                .onSignal(PostStop.class, stop -> onStop())
                .build();
    }

    private Behavior<Command> onOpened(Opened command) {
        reader = node.reader(topic, settings, id, command.state(), command.consumer());
        handle.opened(reader);
        return onRead();
    }

    private Behavior<Command> onRead() {
        wakeup.arrived();
        EventReader<T> events = reader;
        if (events == null || reloading != null) {
            return this;
        }
        for (int i = 0; i < EVENTS_PER_TURN; i++) {
            if (handle.isCancelled()) {
                return end(Ended.Reason.CANCELLED, null);
            }
            Event<T> event = events.next();
            if (event == null) {
                if (events.hasMore()) {
                    break;
                }
                return this;
            }
            if (event instanceof CursorExpired<T> expired) {
                reloading = expired;
                return reload(expired);
            }
            Throwable failure = handle(event);
            if (failure != null) {
                return end(Ended.Reason.FAILED, failure);
            }
            events.handled();
        }
        if (wakeup.claim()) {
            getContext().getSelf().tell(Signal.READ);
        }
        return this;
    }

    /** Gives the event to the handler. Returns what ends the subscription, or null. */
    private @Nullable Throwable handle(Event<T> event) {
        try {
            if (event instanceof Delivery<T> delivery) {
                return deliver(delivery);
            } else if (event instanceof ProducerLeft<T> left) {
                handler.onProducerLeft(left);
            } else if (event instanceof Undecodable<T> undecodable) {
                boolean skip = handler.onUndecodable(undecodable) == OnFailure.SKIP;
                return skip ? null : undecodable.cause();
            }
            return null;
        } catch (Exception | LinkageError | AssertionError e) {
            return e;
        }
    }

    private @Nullable Throwable deliver(Delivery<T> delivery) {
        try {
            handler.onMessage(delivery);
            return null;
        } catch (Exception | LinkageError | AssertionError e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            getContext()
                    .getLog()
                    .warn(
                            "Topic {}: the handler failed at {} of {}",
                            delivery.topic(),
                            delivery.position(),
                            delivery.node(),
                            e);
            return handler.onFailure(delivery, e) == OnFailure.SKIP ? null : e;
        }
    }

    private Behavior<Command> reload(CursorExpired<T> expired) {
        ActorRef<Command> self = getContext().getSelf();
        CompletionStage<Reload> stage;
        try {
            stage = Objects.requireNonNull(
                    handler.onCursorExpired(expired), "onCursorExpired returned null, and no stage");
        } catch (Exception | LinkageError | AssertionError e) {
            return onReloadFailed(new ReloadFailed(e));
        }
        stage.whenComplete((reload, failure) -> {
            if (failure != null) {
                self.tell(new ReloadFailed(failure));
            } else {
                self.tell(new Reloaded(reload == null ? Reload.done() : reload));
            }
        });
        return this;
    }

    private Behavior<Command> onReloaded(Reloaded command) {
        if (reloading == null || reader == null) {
            return this;
        }
        reloading = null;
        reader.state().reloaded(command.reload().upTo());
        return onRead();
    }

    private Behavior<Command> onReloadFailed(ReloadFailed command) {
        if (reloading == null || reader == null) {
            return this;
        }
        Duration wait = Duration.ofNanos(reader.state().reloadFailed());
        getContext()
                .getLog()
                .warn(
                        "Topic {}: the reload failed, it is tried again in {} ms",
                        topic.name(),
                        wait.toMillis(),
                        command.cause());
        timers.startSingleTimer(Signal.RETRY, wait);
        return this;
    }

    private Behavior<Command> onRetry() {
        CursorExpired<T> expired = reloading;
        return expired == null ? this : reload(expired);
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
            node.closeSubscription(topic.name(), id);
            try {
                handler.onEnded(new Ended<>(topic.name(), reason, cause, token));
            } catch (RuntimeException | LinkageError | AssertionError e) {
                getContext().getLog().error("Topic {}: onEnded failed", topic.name(), e);
            }
            handle.ended(reason, token, cause);
        }
        return Behaviors.stopped();
    }
}
