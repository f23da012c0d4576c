package dev.gapless.testkit.internal;

import dev.gapless.Ended;
import dev.gapless.Lag;
import dev.gapless.Ready;
import dev.gapless.Subscription;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Topic;
import dev.gapless.core.CursorToken;
import dev.gapless.core.subscription.SubscriptionState;
import dev.gapless.internal.measure.SubscriptionStats;
import dev.gapless.internal.subscribe.Feedback;
import dev.gapless.internal.subscribe.Recipient;
import dev.gapless.internal.subscribe.SubscriptionActor;
import dev.gapless.internal.subscribe.SubscriptionHandle;
import dev.gapless.internal.subscribe.SubscriptionListener;
import dev.gapless.internal.time.Wakeup;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.testkit.typed.Effect;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Terminated;

/**
 * A subscription of which {@link SubscriptionActor} decides everything, as on any node, and which is run in turns instead of by an
 * actor system. Thread-safe.
 */
public final class DrivenSubscription<T> implements Subscription, VirtualTime.Timed {
    private final TestIncarnation life;
    private final Turns turns;
    private final VirtualTime time;
    private final SubscriptionHandle handle;
    private final Observer<T> observer;
    private final BehaviorTestKit<SubscriptionActor.Command> actor;
    private final SubscriptionListener listener;
    private final Deque<Feedback> told = new ArrayDeque<>();
    private final Map<Object, Timer> timers = new HashMap<>();
    private volatile boolean stalled;
    private volatile boolean gone;

    private record Timer(long dueNs, Runnable ring) {}

    DrivenSubscription(
            TestIncarnation life,
            Turns turns,
            VirtualTime time,
            Topic<T> topic,
            SubscriptionSettings settings,
            long id,
            Recipient<T> recipient,
            SubscriptionHandle handle,
            Observer.Factory observers) {
        this.life = life;
        this.turns = turns;
        this.time = time;
        this.handle = handle;
        this.observer = observers.observe(topic, this);
        Recipient<T> observed = new ObservedRecipient<>(recipient, observer, this::answered);
        Wakeup wakeup = new Wakeup();
        this.actor = BehaviorTestKit.create(SubscriptionActor.create(
                new SubscriptionActor.Reading<>(topic, settings, id, observed, handle), life, wakeup));
        this.listener = SubscriptionActor.listener(actor.getRef(), handle, wakeup);
        time.add(this);
    }

    /** The node that it is on. */
    public String node() {
        return life.name();
    }

    public Observer<T> observer() {
        return observer;
    }

    /** What it has to tell its consumer goes there; of the thread that runs its turn. */
    Feedback.Sink feedback() {
        return told::add;
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
                turns.add(DrivenSubscription.this, DrivenSubscription.this::turn);
            }

            @Override
            public void wake() {
                listener.wake();
                turns.add(DrivenSubscription.this, DrivenSubscription.this::turn);
            }

            @Override
            public void ready(Set<String> silent) {
                listener.ready(silent);
            }

            @Override
            public void shutdown() {
                listener.shutdown();
                turns.add(DrivenSubscription.this, DrivenSubscription.this::turn);
            }

            @Override
            public void refused(RuntimeException cause) {
                listener.refused(cause);
                turns.add(DrivenSubscription.this, DrivenSubscription.this::turn);
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
        time.remove(this);
    }

    private void soon() {
        turns.addAndRun(this, this::turn);
    }

    /** There is an answer. Whoever waits for what follows from it is told behind that. */
    private void answered() {
        turns.add(this, this::turn);
        turns.addAndRun(this, observer::followed);
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
                                time.ns() + timer.duration().toNanos(),
                                () -> timer.send().apply()));
            } else if (effect instanceof Effect.TimerCancelled cancelled) {
                timers.remove(cancelled.key());
            } else if (effect instanceof Effect.Watched<?> watched) {
                life.watch(watched.other(), () -> turns.addAndRun(this, () -> terminated(watched.other())));
            }
        }
        while (!told.isEmpty()) {
            life.onFeedback(handle.topic(), told.remove());
        }
        if (!actor.isAlive()) {
            time.remove(this);
        }
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
                .filter(timer -> timer.getValue().dueNs() <= time.ns())
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
