package dev.gapless.internal.subscribe;

import dev.gapless.Ended;
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

/** Runs a {@link SubscriptionLoop} on the application's dispatcher. Nothing waits in its mailbox but that it is to look. */
public final class SubscriptionActor<T> extends ExtensibleBehavior<Cue> {
    private final ActorContext<Cue> context;
    private final Recipient<T> recipient;
    private final SubscriptionHost node;
    private final SubscriptionLoop<T> loop;

    public static <T> Behavior<Cue> create(Reading<T> reading, SubscriptionHost node, Wakeup wakeup) {
        return Behaviors.setup(context ->
                Behaviors.withTimers(timers -> new SubscriptionActor<>(context, reading, node, timers, wakeup)));
    }

    private SubscriptionActor(
            ActorContext<Cue> context,
            Reading<T> reading,
            SubscriptionHost node,
            TimerScheduler<Cue> timers,
            Wakeup wakeup) {
        this.context = context;
        this.recipient = reading.recipient();
        this.node = node;
        ActorRef<Cue> self = context.getSelf();
        this.loop = new SubscriptionLoop<>(reading, node, wakeup, new SubscriptionLoop.Place() {
            @Override
            public void tell(Cue cue) {
                self.tell(cue);
            }

            @Override
            public void tellAfter(Duration wait) {
                timers.startSingleTimer(Cue.Plain.TIME, wait);
            }
        });
    }

    /** Tells the actor that runs this behavior. */
    public static SubscriptionListener listener(ActorRef<Cue> actor, SubscriptionHandle handle, Wakeup wakeup) {
        handle.stats().wokenBy(wakeup);
        return SubscriptionLink.of(handle, wakeup, actor::tell);
    }

    /** There is one of these for each subscription: a table of handlers for each would cost more than all of its state. */
    @Override
    public Behavior<Cue> receive(TypedActorContext<Cue> unused, Cue cue) {
        ActorRef<?> owner = recipient.owner();
        if (cue instanceof Cue.Opened && owner != null) {
            context.watch(owner); // not before: an owner that has stopped closes what the consumer has opened by then
        }
        loop.on(cue);
        return loop.hasEnded() ? Behaviors.stopped() : this;
    }

    @Override
    public Behavior<Cue> receiveSignal(TypedActorContext<Cue> unused, Signal signal) {
        if (signal instanceof Terminated) {
            loop.end(Ended.Reason.CANCELLED, null);
            return Behaviors.stopped();
        } else if (signal instanceof PostStop) {
            onStop();
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
