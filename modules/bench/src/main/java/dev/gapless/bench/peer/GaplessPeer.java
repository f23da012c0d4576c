package dev.gapless.bench.peer;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.Gapless;
import dev.gapless.MessageHandler;
import dev.gapless.Producer;
import dev.gapless.Ready;
import dev.gapless.Reload;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.Topic;
import dev.gapless.core.Gap;
import dev.gapless.core.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.actor.Props;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.ClusterEvent.MemberUp;
import org.jspecify.annotations.Nullable;

/** Gapless with backpressure, and otherwise as it comes. The publisher forms the cluster. */
public final class GaplessPeer implements Peer {
    private static final Topic<byte[]> TOPIC = topic(0);

    private final int topics;
    private final boolean waits;

    /** @param topics among which the publisher divides its messages, in turn; a subscriber has the first one */
    public GaplessPeer(int topics) {
        this(topics, true);
    }

    private GaplessPeer(int topics, boolean waits) {
        this.topics = topics;
        this.waits = waits;
    }

    /** With a durable topic. The publisher does not wait until a message is stored before it publishes the next one. */
    static GaplessPeer durable() {
        return new GaplessPeer(1, false);
    }

    /** A topic by its number. */
    public static Topic<byte[]> topic(int number) {
        return Topic.of("bench-" + number, byte[].class);
    }

    @Override
    public Publisher publisher() {
        return new Sender(topics, waits);
    }

    @Override
    public PeerSide subscriber(Receiver receiver) {
        return new Listener(List.of(receiver));
    }

    /** A subscribing side with as many subscriptions. */
    public static PeerSide subscribers(List<Receiver> receivers) {
        return new Listener(receivers);
    }

    /** A subscribing side with a node for each of them, in one JVM. */
    public static PeerSide nodes(List<Receiver> receivers) {
        return new Nodes(receivers.stream()
                .map(receiver -> new Listener(List.of(receiver)))
                .toList());
    }

    private static final class Sender extends ClusterNode implements Publisher {
        private final List<Producer<byte[]>> producers = new ArrayList<>();
        private final boolean waits;
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private int nextTopic;

        Sender(int topics, boolean waits) {
            super(GAPLESS);
            this.waits = waits;
            for (int i = 0; i < topics; i++) {
                producers.add(Gapless.get(system()).producer(topic(i)));
            }
        }

        @Override
        public void connect(String publisher, List<String> subscribers) throws Exception {
            join(publisher, subscribers.size() + 1);
        }

        @Override
        public void publish(byte[] message) {
            Producer<byte[]> producer = producers.get(nextTopic);
            if (waits) {
                producer.send(message);
            } else {
                var unused = producer.publish(message)
                        .whenComplete((position, problem) -> failure.compareAndSet(null, problem));
                if (failure.get() != null) {
                    throw new IllegalStateException("a message was not published", failure.get());
                }
            }
            nextTopic = nextTopic + 1 < producers.size() ? nextTopic + 1 : 0;
        }

        @Override
        public void flush() {
            // Gapless sends at once
        }
    }

    private static final class Listener extends ClusterNode implements PeerSide {
        private final List<Receiver> receivers;

        Listener(List<Receiver> receivers) {
            super(GAPLESS);
            this.receivers = receivers;
            cluster()
                    .subscribe(
                            system().actorOf(Props.create(Newcomers.class, () -> new Newcomers(receivers.get(0)))),
                            ClusterEvent.initialStateAsEvents(),
                            MemberUp.class);
        }

        @Override
        public void connect(String publisher, List<String> subscribers) throws Exception {
            subscribe(publisher, subscribers.size() + 1);
        }

        void subscribe(String publisher, int members) throws Exception {
            join(publisher, members);
            List<Subscription> subscriptions = receivers.stream()
                    .map(receiver -> Gapless.get(system()).subscribe(TOPIC, StartFrom.latest(), new Handler(receiver)))
                    .toList();
            for (Subscription subscription : subscriptions) {
                await(subscription);
            }
        }

        private static void await(Subscription subscription) throws Exception {
            Ready ready =
                    subscription.ready().toCompletableFuture().get(Patience.CONNECT.toSeconds(), TimeUnit.SECONDS);
            if (!ready.silent().isEmpty()) {
                throw new IllegalStateException("the subscription got no answer from " + ready.silent());
            }
        }
    }

    private record Nodes(List<Listener> nodes) implements PeerSide {
        private static final int JOINING_AT_ONCE = 5;

        @Override
        public String address() {
            return nodes.get(0).address();
        }

        @Override
        public void connect(String publisher, List<String> subscribers) throws Exception {
            for (int i = 0; i < nodes.size(); i += JOINING_AT_ONCE) { // thirty at once get in each other's way
                List<Listener> some = nodes.subList(i, Math.min(nodes.size(), i + JOINING_AT_ONCE));
                some.forEach(node -> node.join(publisher));
                for (Listener node : some) {
                    node.join(publisher, i + some.size() + 1);
                }
            }
            for (Listener node : nodes) {
                node.subscribe(publisher, nodes.size() + 1);
            }
        }
    }

    /** A subscribing node whose subscriptions begin with the oldest message. */
    public static final class CatchingUp extends ClusterNode implements PeerSide {
        private final List<Subscription> subscriptions = new ArrayList<>();

        public CatchingUp() {
            super(GAPLESS);
        }

        @Override
        public void connect(String publisher, List<String> subscribers) throws Exception {
            join(publisher, subscribers.size() + 1);
        }

        /** Opens a subscription for each of them. */
        public void subscribe(List<Receiver> receivers) {
            for (Receiver receiver : receivers) {
                subscriptions.add(Gapless.get(system()).subscribe(TOPIC, StartFrom.earliest(), new Handler(receiver)));
            }
        }

        /** Cancels all subscriptions. */
        public void cancel() throws Exception {
            for (Subscription subscription : subscriptions) {
                var unused =
                        subscription.cancel().toCompletableFuture().get(Patience.CONNECT.toSeconds(), TimeUnit.SECONDS);
            }
            subscriptions.clear();
        }
    }

    /** Tells of members that come up. */
    private static final class Newcomers extends AbstractActor {
        private final Receiver receiver;

        Newcomers(Receiver receiver) {
            this.receiver = receiver;
        }

        @Override
        public Receive createReceive() {
            return receiveBuilder()
                    .match(MemberUp.class, up -> receiver.takeNewcomer())
                    .build();
        }
    }

    private record Handler(Receiver receiver) implements MessageHandler<byte[]> {
        @Override
        public void onMessage(Delivery<byte[]> delivery) {
            byte[] message = Objects.requireNonNull(delivery.message());
            receiver.take(message, 0, message.length);
        }

        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<byte[]> expired) {
            return takeGaps(expired, receiver);
        }

        @Override
        public void onEnded(Ended<byte[]> ended) {
            takeEnd(ended, receiver);
        }
    }

    /** What a handler of one publisher's messages does about gaps. */
    static CompletionStage<Reload> takeGaps(CursorExpired<byte[]> expired, Receiver receiver) {
        for (Gap gap : expired.gaps()) {
            Long first = gap.firstMissing();
            Long missed = gap.missed();
            if (gap.reason() == Reason.PRODUCER_RESTARTED) {
                receiver.takeRestart();
            } else if (gap.reason() == Reason.OVERRUN && first != null && missed != null) {
                receiver.takeGap(first, missed);
            } else {
                receiver.takeProblem("the subscription was told of " + gap);
            }
        }
        return CompletableFuture.completedFuture(Reload.done());
    }

    static void takeEnd(Ended<byte[]> ended, Receiver receiver) {
        if (ended.reason() != Ended.Reason.CANCELLED) {
            receiver.takeProblem("the subscription has ended: " + ended.reason());
        }
    }
}
