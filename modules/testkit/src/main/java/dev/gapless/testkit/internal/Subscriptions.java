package dev.gapless.testkit.internal;

import dev.gapless.Event;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Topic;
import dev.gapless.core.subscription.Opening;
import dev.gapless.core.subscription.SubscriptionState;
import dev.gapless.internal.subscribe.Decoder;
import dev.gapless.internal.subscribe.EventReader;
import dev.gapless.internal.subscribe.EventSource;
import dev.gapless.internal.subscribe.Feedback;
import dev.gapless.internal.subscribe.Filter;
import dev.gapless.internal.subscribe.Recipient;
import dev.gapless.internal.subscribe.SubscriptionHandle;
import dev.gapless.internal.subscribe.SubscriptionHost;
import dev.gapless.internal.subscribe.SubscriptionListener;
import dev.gapless.internal.subscribe.SubscriptionSpec;
import dev.gapless.internal.wire.TopicClasses;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.stream.javadsl.Source;

/** The subscriptions of one process. Thread-safe. */
final class Subscriptions implements SubscriptionHost {
    private final Surroundings around;
    private final Observers observers;
    private final TestProcess process;
    private final TopicClasses classes;
    private final Executor completions;
    private final Decoder decoder;
    private final Map<Long, DrivenSubscription<?>> driven = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();

    /** None yet; subscribers are answered on this executor. */
    Subscriptions(
            Surroundings around, Observers observers, TestProcess process, TopicClasses classes, Executor completions) {
        this.around = around;
        this.observers = observers;
        this.process = process;
        this.classes = classes;
        this.completions = completions;
        this.decoder = new Decoder(around.codec(), around.settings().sharedMessages);
    }

    <T> DrivenSubscription<T> subscribe(
            Topic<T> topic, StartFrom start, SubscriptionSettings settings, Recipient<T> recipient) {
        if (process.isGone()) {
            throw new IllegalStateException("Node " + process.name() + " is not running: start() it first");
        }
        SubscriptionHandle handle = handle(topic, start, settings);
        long id = nextSubscription();
        DrivenSubscription<T> subscription = new DrivenSubscription<>(
                around,
                process.name(),
                this,
                new SubscriptionSpec<>(topic, settings, id, recipient, handle),
                made -> observers.observe(topic, made));
        driven.put(id, subscription);
        open(
                topic.name(),
                opening(start, new Filter(settings)),
                id,
                subscription.listener(),
                feedback -> onFeedback(topic.name(), feedback));
        return subscription;
    }

    /** A stream, which is run by an actor system. */
    <T> Source<Event<T>, Subscription> source(Topic<T> topic, StartFrom start, SubscriptionSettings settings) {
        check(topic, start);
        return Source.fromGraph(new EventSource<>(this, topic, start, settings));
    }

    /** Their process is gone. */
    void crash() {
        driven.values().forEach(DrivenSubscription::crash);
    }

    private void check(Topic<?> topic, StartFrom start) {
        SubscriptionHost.checkStart(topic.name(), start, around.settings().clusterId);
        classes.check(topic);
    }

    @Override
    public <T> SubscriptionHandle handle(Topic<T> topic, StartFrom start, SubscriptionSettings settings) {
        check(topic, start);
        if (settings.name().isPresent()) {
            throw new IllegalStateException("The test kit has no store, and keeps no token for subscription "
                    + settings.name().get() + ": leave its name out here, and resume with Subscription.token()");
        }
        return new SubscriptionHandle(topic.name(), start, around.settings().clusterId, completions, around.time());
    }

    @Override
    public long nextSubscription() {
        return numbers.incrementAndGet();
    }

    @Override
    public <T> EventReader<T> reader(
            Topic<T> topic, SubscriptionSettings settings, long id, SubscriptionState state, Feedback.Sink feedback) {
        return new EventReader<>(
                topic, id, state, feedback, new Filter(settings), decoder, around.settings().clusterId, around.time());
    }

    /** Of a stream: what it has to tell comes from a thread of the actor system. */
    @Override
    public void openSubscription(String topic, long id, StartFrom start, Filter filter, SubscriptionListener listener) {
        ActorSystems actors = around.actors()
                .orElseThrow(() -> new IllegalStateException(
                        "A stream runs on an actor system: give it to GaplessTestKit.create"));
        ActorRef<Feedback> sink = actors.forward(feedback -> {
            onFeedback(topic, feedback);
            around.turns().run();
        });
        open(topic, opening(start, filter), id, listener, sink::tell);
    }

    private void open(String topic, Opening opening, long id, SubscriptionListener listener, Feedback.Sink feedback) {
        process.turnNow(shard -> {
            if (process.isClosing()) {
                listener.shutdown();
            } else {
                shard.open(topic, id, opening, listener, feedback);
            }
        });
    }

    /** A time to come is the present one: who subscribes goes by a clock that is ahead of the virtual one. */
    private Opening opening(StartFrom start, Filter filter) {
        Opening opening = filter.opening(start);
        return opening instanceof Opening.Since since
                        && since.timeMs() > around.time().ms()
                ? new Opening.Since(around.time().ms())
                : opening;
    }

    private void onFeedback(String topic, Feedback feedback) {
        process.turn(shard -> shard.onFeedback(topic, feedback));
    }

    @Override
    public void closeSubscription(String topic, long id) {
        driven.remove(id);
        process.turnNow(shard -> shard.close(topic, id));
    }

    @Override
    public boolean isClosing() {
        return process.isClosing();
    }
}
