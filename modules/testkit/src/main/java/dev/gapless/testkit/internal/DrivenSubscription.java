package dev.gapless.testkit.internal;

import dev.gapless.Ended;
import dev.gapless.Lag;
import dev.gapless.Ready;
import dev.gapless.Subscription;
import dev.gapless.SubscriptionSettings;
import dev.gapless.core.CursorToken;
import dev.gapless.core.delivery.SubscriptionState;
import dev.gapless.internal.measure.SubscriptionStats;
import dev.gapless.internal.subscribe.Cue;
import dev.gapless.internal.subscribe.Feedback;
import dev.gapless.internal.subscribe.SubscriptionActor;
import dev.gapless.internal.subscribe.SubscriptionHandle;
import dev.gapless.internal.subscribe.SubscriptionHost;
import dev.gapless.internal.subscribe.SubscriptionListener;
import dev.gapless.internal.subscribe.SubscriptionSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.Effect;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Terminated;

/**
 * A subscription of which {@link SubscriptionActor} decides everything, as on any node, and which is run in turns instead of by an
 * actor system. Thread-safe.
 */
public final class DrivenSubscription<T> implements Subscription, VirtualTime.Timed {
    private final Surroundings around;
    private final String node;
    private final SubscriptionHandle handle;
    private final ReadObserver<T> observer;
    private final BehaviorTestKit<Cue> actor;
    private final SubscriptionListener listener;
    private final Map<Object, Timer> timers = new HashMap<>();
    private volatile boolean stalled;
    private volatile boolean gone;

    private record Timer(long dueNs, Runnable ring) {}

    /**
     * Not open yet.
     *
     * @param node the name of the node that it is on
     * @param observer makes the one that looks on
     */
    DrivenSubscription(
            Surroundings around,
            String node,
            SubscriptionHost host,
            SubscriptionSpec<T> reading,
            Function<DrivenSubscription<T>, ReadObserver<T>> observer) {
        this.around = around;
        this.node = node;
        this.handle = reading.handle();
        this.observer = observer.apply(this);
        SubscriptionSettings inTurns = SubscriptionSettings.defaults(); // no shard reads it
        SubscriptionActor.Link link =
                new SubscriptionActor.Link(reading.settings().loadsFirst() ? inTurns.loadFirst() : inTurns);
        SubscriptionSpec<T> observed =
                reading.by(new ObservedRecipient<>(reading.recipient(), this.observer, this::answered));
        this.actor = BehaviorTestKit.create(SubscriptionActor.create(observed, host, link));
        this.listener = link.to(actor.getRef(), handle);
        around.time().add(this);
    }

    /** The name of the node that it is on. */
    public String node() {
        return node;
    }

    /** Tells what reads it. */
    SubscriptionListener listener() {
        return new SubscriptionListener() {
            @Override
            public SubscriptionStats stats() {
                return listener.stats();
            }

            @Override
            public void opened(SubscriptionState state, Feedback.Sink feedback) {
                listener.opened(state, feedback);
                later();
            }

            @Override
            public void wake() {
                listener.wake();
                later();
            }

            @Override
            public void ready(Set<String> silent) {
                listener.ready(silent);
                later();
            }

            @Override
            public void shutdown() {
                listener.shutdown();
                later();
            }

            @Override
            public void refused(RuntimeException cause) {
                listener.refused(cause);
                later();
            }
        };
    }

    /** Reads nothing until it goes on: a handler that is stuck. */
    public void stall(boolean stuck) {
        stalled = stuck;
        soon();
    }

    public boolean isStalled() {
        return stalled;
    }

    /** Is its process gone? */
    public boolean isGone() {
        return gone;
    }

    /** Its process is gone, without a word. */
    void crash() {
        gone = true;
        around.time().remove(this);
    }

    /** It may have something to do. */
    void later() {
        around.turns().add(this, this::turn);
    }

    private void soon() {
        around.turns().addAndRun(this, this::turn);
    }

    /** There is an answer. Whoever waits for what follows from it is told behind that. */
    private void answered() {
        later();
        around.turns().addAndRun(this, observer::followed);
    }

    private void turn() {
        afterwards();
        while (!stalled && !gone && actor.isAlive() && actor.selfInbox().hasMessages()) {
            actor.runOne();
            afterwards();
        }
    }

    /** Carries out what the actor has asked for. */
    private void afterwards() {
        for (Effect effect : actor.getAllEffects()) {
            if (effect instanceof Effect.TimerScheduled<?> timer) {
                timers.put(
                        timer.key(),
                        new Timer(
                                around.time().ns() + timer.duration().toNanos(),
                                () -> timer.send().apply()));
            } else if (effect instanceof Effect.TimerCancelled cancelled) {
                timers.remove(cancelled.key());
            } else if (effect instanceof Effect.Watched<?> watched) {
                watch(watched.other());
            }
        }
        if (!actor.isAlive()) {
            around.time().remove(this);
        }
    }

    private void watch(ActorRef<?> owner) {
        around.actors()
                .ifPresent(actors ->
                        actors.watch(owner, () -> around.turns().addAndRun(this, () -> terminated(owner))));
    }

    private void terminated(ActorRef<?> owner) {
        if (actor.isAlive() && !gone) {
            actor.signal(new Terminated(owner.unsafeUpcast()));
            afterwards();
        }
    }

    /** Is there something that it will do in a while? */
    public boolean waits() {
        return dueNs() != Long.MAX_VALUE;
    }

    @Override
    public long dueNs() {
        return stalled
                ? Long.MAX_VALUE
                : timers.values().stream().mapToLong(Timer::dueNs).min().orElse(Long.MAX_VALUE);
    }

    @Override
    public void onTime() {
        List<Object> due = timers.entrySet().stream()
                .filter(timer -> timer.getValue().dueNs() <= around.time().ns())
                .map(Map.Entry::getKey)
                .toList();
        for (Object key : due) {
            Timer timer = timers.remove(key);
            if (timer != null) {
                timer.ring().run();
            }
        }
        turn();
    }

    @Override
    public String topic() {
        return handle.topic();
    }

    @Override
    public CompletionStage<Ready> ready() {
        return handle.ready();
    }

    @Override
    public CursorToken token() {
        return handle.token();
    }

    @Override
    public void pause() {
        handle.pause();
    }

    @Override
    public void resume() {
        handle.resume();
        soon();
    }

    @Override
    public boolean isPaused() {
        return handle.isPaused();
    }

    @Override
    public Lag lag() {
        return handle.lag();
    }

    @Override
    public CompletionStage<Ended.Reason> cancel() {
        CompletionStage<Ended.Reason> ended = handle.cancel();
        soon();
        return ended;
    }

    @Override
    public CompletionStage<Ended.Reason> whenEnded() {
        return handle.whenEnded();
    }
}
