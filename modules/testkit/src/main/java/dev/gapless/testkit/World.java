package dev.gapless.testkit;

import com.typesafe.config.Config;
import dev.gapless.Subscription;
import dev.gapless.Topic;
import dev.gapless.testkit.internal.DrivenSubscription;
import dev.gapless.testkit.internal.Links;
import dev.gapless.testkit.internal.Observers;
import dev.gapless.testkit.internal.ReadObserver;
import dev.gapless.testkit.internal.Surroundings;
import dev.gapless.testkit.internal.TestIncarnation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.apache.pekko.actor.ActorSystem;
import org.jspecify.annotations.Nullable;

/** What the nodes of one test kit share: time, links, and the subscriptions that were made. Thread-safe. */
final class World implements Observers {
    private static final Duration LEVEL_WITHIN = Duration.ofMinutes(1);
    private static final Duration STEP = Duration.ofMillis(100);
    /** In real time: how long a stream has for each step of the virtual time. */
    private static final Duration STREAM_TURN = Duration.ofMillis(5);

    private final Surroundings surroundings;
    private final Set<String> nodes = new CopyOnWriteArraySet<>();
    private final List<TestSubscription<?>> subscriptions = new ArrayList<>();
    private volatile Duration patience = Duration.ofSeconds(3);

    World(@Nullable ActorSystem system, Config config) {
        this.surroundings = new Surroundings(system, config);
    }

    Surroundings surroundings() {
        return surroundings;
    }

    Links links() {
        return surroundings.links();
    }

    void patience(Duration longest) {
        patience = longest;
    }

    // ------------------------------------------------------------------ time

    /** Carries it out, and whatever follows from it. */
    void order(Runnable order) {
        surroundings.turns().order(order);
    }

    void pass(Duration duration) {
        order(() -> surroundings.time().pass(duration));
    }

    void passUntil(BooleanSupplier condition, Duration longest) {
        Instant until = surroundings.time().now().plus(longest);
        while (!condition.getAsBoolean() && surroundings.time().now().isBefore(until)) {
            pass(STEP);
        }
    }

    /** Until everybody has what those have published whom it hears. */
    void awaitLevel() {
        passUntil(links()::areLevel, LEVEL_WITHIN);
    }

    /** Until this one is ready, which another thread reads. */
    void awaitReady(Subscription stream) {
        CompletableFuture<?> ready = stream.ready().toCompletableFuture();
        long beganNs = System.nanoTime();
        while (!ready.isDone()) {
            if (System.nanoTime() - beganNs > patience.toNanos()) {
                throw new AssertionError("Topic " + stream.topic() + ": the stream was not subscribed within "
                        + patience + " (GaplessTestKit.withPatience)");
            }
            pass(STEP);
            LockSupport.parkNanos(STREAM_TURN.toNanos());
        }
        ready.join();
    }

    // ------------------------------------------------------------------ nodes

    /** A process of this node has just started, and is no member yet. */
    TestIncarnation start(String node) {
        nodes.add(node);
        return new TestIncarnation(surroundings, this, node);
    }

    /** No message between this node and the others arrives; or all do again. */
    void cutOff(String node, boolean off) {
        for (String other : nodes) {
            if (!other.equals(node)) {
                cut(node, other, off);
            }
        }
    }

    /** No message between these two arrives; or all do again. */
    void cut(String one, String other, boolean off) {
        if (off) {
            links().cut(one, other);
        } else {
            links().heal(one, other);
        }
    }

    // ------------------------------------------------------------------ subscriptions

    @Override
    public synchronized <T> ReadObserver<T> observe(Topic<T> topic, DrivenSubscription<T> driven) {
        TestSubscription<T> subscription = new TestSubscription<>(surroundings.turns(), () -> patience, driven);
        subscriptions.add(subscription);
        return subscription.observer();
    }

    /** The one that this drives. */
    <T> TestSubscription<T> of(DrivenSubscription<T> driven) {
        return find(subscription -> subscription.driven() == driven, "which was just made");
    }

    /** The latest one to this topic on this node. */
    <T> TestSubscription<T> subscription(String node, Topic<T> topic) {
        return find(
                subscription -> subscription.driven().node().equals(node)
                        && subscription.topic().equals(topic.name()),
                "to topic " + topic.name() + " on " + node);
    }

    @SuppressWarnings("unchecked") // it is to that topic
    private synchronized <T> TestSubscription<T> find(Predicate<TestSubscription<?>> which, String what) {
        for (int i = subscriptions.size() - 1; i >= 0; i--) {
            if (which.test(subscriptions.get(i))) {
                return (TestSubscription<T>) subscriptions.get(i);
            }
        }
        throw new AssertionError("There is no subscription " + what);
    }
}
