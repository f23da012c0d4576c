package dev.gapless.internal.subscribe;

import dev.gapless.Ended;
import dev.gapless.SubscriptionSettings;
import dev.gapless.internal.time.Wakeup;
import java.time.Duration;
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

/**
 * Runs a {@link SubscriptionLoop} on the application's dispatcher, in turn with its shard if the handler never blocks. Nothing waits in its
 * mailbox but that it is to look.
 */
public final class SubscriptionActor<T> extends ExtensibleBehavior<Cue> {
    private final ActorContext<Cue> context;
    private final Recipient<T> recipient;
    private final SubscriptionHost node;
    private final SubscriptionLoop<T> loop;
    private final TimerScheduler<Cue> timers;
    private final @Nullable ShardTurn shardTurn;

    /** What the actor of a subscription shares with its shard. */
    public static final class Link {
        private final Wakeup wakeup = new Wakeup();
        private final @Nullable ShardTurn shardTurn;

        /** Of a subscription with these settings. */
        public Link(SubscriptionSettings settings) {
            this.shardTurn = settings.isNonBlocking() ? new ShardTurn() : null;
        }

        /** Tells the actor that runs the behavior. */
        public SubscriptionListener to(ActorRef<Cue> actor, SubscriptionHandle handle) {
            handle.stats().wokenBy(wakeup);
            return SubscriptionLink.of(handle, wakeup, actor::tell, shardTurn);
        }
    }

    public static <T> Behavior<Cue> create(SubscriptionSpec<T> reading, SubscriptionHost node, Link link) {
        return Behaviors.setup(context ->
                Behaviors.withTimers(timers -> new SubscriptionActor<>(context, reading, node, timers, link)));
    }

    private SubscriptionActor(
            ActorContext<Cue> context,
            SubscriptionSpec<T> reading,
            SubscriptionHost node,
            TimerScheduler<Cue> timers,
            Link link) {
        this.context = context;
        this.recipient = reading.recipient();
        this.node = node;
        this.timers = timers;
        this.shardTurn = link.shardTurn;
        ActorRef<Cue> self = context.getSelf();
        this.loop = new SubscriptionLoop<>(reading, node, link.wakeup, new SubscriptionLoop.Place() {
            @Override
            public void tell(Cue cue) {
                self.tell(cue);
            }

            @Override
            public void tellAfter(Duration wait) {
                self.tell(new Cue.Wait(wait)); // timers are the actor's own
            }
        });
        if (shardTurn != null) {
            shardTurn.begin(() -> {
                loop.read();
                if (loop.hasEnded()) {
                    self.tell(Cue.Plain.LOOK); // for this actor to stop
                }
            });
        }
    }

    /** There is one of these for each subscription: a table of handlers for each would cost more than all of its state. */
    @Override
    public Behavior<Cue> receive(TypedActorContext<Cue> unused, Cue cue) {
        ActorRef<?> owner = recipient.owner();
        if (cue instanceof Cue.Opened && owner != null) {
            context.watch(owner); // not before: an owner that has stopped closes what the consumer has opened by then
        }
        if (cue instanceof Cue.Wait wait) {
            timers.startSingleTimer(Cue.Plain.TIME, wait.until());
        } else {
            turn(() -> loop.on(cue));
        }
        return loop.hasEnded() ? Behaviors.stopped() : this;
    }

    private void turn(Runnable what) {
        if (shardTurn == null) {
            what.run();
        } else {
            shardTurn.run(what);
        }
    }

    @Override
    public Behavior<Cue> receiveSignal(TypedActorContext<Cue> unused, Signal signal) {
        if (signal instanceof Terminated) {
            turn(() -> loop.end(Ended.Reason.CANCELLED, null));
            return Behaviors.stopped();
        } else if (signal instanceof PostStop) {
            turn(this::onStop);
            return Behaviors.stopped();
        }
        return Behaviors.unhandled();
    }

    private void onStop() {
        if (node.isClosing()) {
            loop.end(Ended.Reason.SHUTDOWN, null);
        } else {
            loop.end(Ended.Reason.FAILED, new IllegalStateException("The subscription has stopped; the log tells why"));
        }
    }
}
