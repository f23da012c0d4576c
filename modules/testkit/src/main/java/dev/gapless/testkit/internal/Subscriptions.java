package dev.gapless.testkit.internal;

import dev.gapless.Event;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Topic;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.delivery.SubscriptionState;
import dev.gapless.internal.node.NamedTokens;
import dev.gapless.internal.store.TokenStore;
import dev.gapless.internal.subscribe.Decoder;
import dev.gapless.internal.subscribe.EventReader;
import dev.gapless.internal.subscribe.EventSource;
import dev.gapless.internal.subscribe.Feedback;
import dev.gapless.internal.subscribe.Filter;
import dev.gapless.internal.subscribe.KeptToken;
import dev.gapless.internal.subscribe.Recipient;
import dev.gapless.internal.subscribe.SubscriptionHandle;
import dev.gapless.internal.subscribe.SubscriptionHost;
import dev.gapless.internal.subscribe.SubscriptionListener;
import dev.gapless.internal.subscribe.SubscriptionSpec;
import dev.gapless.internal.wire.TopicClasses;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
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
    private final Timers timers;
    private final NamedTokens tokens;

    /** None yet; subscribers are answered on this executor. */
    Subscriptions(
            Surroundings around, Observers observers, TestProcess process, TopicClasses classes, Executor completions) {
        this.around = around;
        this.observers = observers;
        this.process = process;
        this.classes = classes;
        this.completions = completions;
        this.decoder = new Decoder(around.codec(), around.settings().sharedMessages);
        this.timers = new Timers(
                around.time(), () -> driven.values().forEach(DrivenSubscription::later)); // one may have lost its name
        TokenStore store = around.store(process.name()).tokens(process::isGone);
        this.tokens = new NamedTokens(around.settings(), name -> store, timers::after, around.time());
    }

    <T> DrivenSubscription<T> subscribe(
            Topic<T> topic, StartFrom start, SubscriptionSettings settings, Recipient<T> recipient) {
        DrivenSubscription<T> subscription =
                open(topic, start, settings, recipient, made -> observers.observe(topic, made));
        around.turns().run();
        return subscription;
    }

    /** The same, of which a test knows nothing; soon. */
    <T> Subscription subscribeUnseen(
            Topic<T> topic, StartFrom start, SubscriptionSettings settings, Recipient<T> recipient) {
        return open(topic, start, settings, recipient, made -> ReadObserver.blind());
    }

    /** Runs this after a while; false if the process is gone. */
    boolean after(Duration wait, Runnable what) {
        return timers.after(wait, what);
    }

    private <T> DrivenSubscription<T> open(
            Topic<T> topic,
            StartFrom start,
            SubscriptionSettings settings,
            Recipient<T> recipient,
            Function<DrivenSubscription<T>, ReadObserver<T>> observer) {
        if (process.isGone()) {
            throw new IllegalStateException("Node " + process.name() + " is not running: start() it first");
        }
        SubscriptionHandle handle = handle(topic, start, settings);
        long id = nextSubscription();
        DrivenSubscription<T> subscription = new DrivenSubscription<>(
                around, process.name(), this, new SubscriptionSpec<>(topic, settings, id, recipient, handle), observer);
        driven.put(id, subscription);
        SubscriptionListener listener = subscription.listener();
        handle.open(
                start,
                from -> open(
                        topic.name(),
                        opening(from, new Filter(settings)),
                        id,
                        listener,
                        feedback -> onFeedback(topic.name(), feedback)),
                listener::refused);
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
        timers.stop();
    }

    /** Completes once each with a name has stored its last token. */
    CompletionStage<Void> stored() {
        return tokens.over();
    }

    private void check(Topic<?> topic, StartFrom start) {
        SubscriptionHost.checkStart(topic.name(), start, around.settings().clusterId);
        classes.check(topic);
    }

    @Override
    public <T> SubscriptionHandle handle(Topic<T> topic, StartFrom start, SubscriptionSettings settings) {
        check(topic, start);
        return new SubscriptionHandle(
                topic.name(),
                start,
                around.settings().clusterId,
                completions,
                around.time(),
                settings.name().map(name -> token(topic.name(), name)).orElse(null));
    }

    private KeptToken token(String topic, String name) {
        var unused = around.topic(topic); // from now on the test has it
        return tokens.of(topic, name);
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
        around.turns().run();
    }

    private void open(String topic, Opening opening, long id, SubscriptionListener listener, Feedback.Sink feedback) {
        process.turn(shard -> {
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
