package dev.gapless.bench.peer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.ActorSelection;
import org.apache.pekko.actor.Props;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.pubsub.Topic;

/**
 * Pekko's distributed Topic, on a cluster without Gapless. A window of unconfirmed messages keeps the transport's queue from
 * overflowing. Nothing is repeated.
 */
final class TopicPeer implements Peer {
    /** The transport's queue takes 3,072. */
    private static final int WINDOW = 2_048;

    private static final String TOPIC = "bench";
    private static final String CONFIRMED = "confirmed-";

    @Override
    public Publisher publisher() {
        return new Sender();
    }

    @Override
    public PeerSide subscriber(Receiver receiver) {
        return new Listener(receiver);
    }

    private static ActorRef<Topic.Command<byte[]>> topic(ClusterNode node) {
        return Adapter.spawn(node.system(), Topic.create(byte[].class, TOPIC), "topic");
    }

    private static final class Sender extends ClusterNode implements Publisher {
        private final ActorRef<Topic.Command<byte[]>> topic = topic(this);
        private final List<Credit> credits = new ArrayList<>();

        Sender() {
            super(PEKKO);
        }

        @Override
        public void connect(String publisher, List<String> subscribers) throws Exception {
            for (int i = 0; i < subscribers.size(); i++) {
                Credit credit = new Credit(WINDOW);
                credits.add(credit);
                var unused =
                        system().actorOf(Props.create(Confirmed.class, () -> new Confirmed(credit)), CONFIRMED + i);
            }
            join(publisher, subscribers.size() + 1);
            long untilNs = System.nanoTime() + Patience.CONNECT.toNanos();
            while (instances() < subscribers.size()) {
                if (System.nanoTime() - untilNs > 0) {
                    throw new TimeoutException(
                            "the topic did not hear of all subscribers within " + Patience.CONNECT.toSeconds() + " s");
                }
                Thread.sleep(20);
            }
        }

        /** Of how many nodes the topic knows that they have a subscriber. */
        private int instances() throws Exception {
            Duration timeout = Patience.CONNECT;
            return AskPattern.<Topic.Command<byte[]>, Topic.TopicStats>ask(
                            topic,
                            Topic::getTopicStats,
                            timeout,
                            Adapter.toTyped(system()).scheduler())
                    .toCompletableFuture()
                    .get(timeout.toMillis(), TimeUnit.MILLISECONDS)
                    .topicInstanceCount();
        }

        @Override
        public void publish(byte[] message) {
            credits.forEach(Credit::take);
            topic.tell(Topic.publish(message));
        }

        @Override
        public void flush() {
            // each message is sent at once
        }
    }

    private static final class Listener extends ClusterNode implements PeerSide {
        private final ActorRef<Topic.Command<byte[]>> topic = topic(this);
        private final Receiver receiver;

        Listener(Receiver receiver) {
            super(PEKKO);
            this.receiver = receiver;
        }

        @Override
        public void connect(String publisher, List<String> subscribers) throws Exception {
            join(publisher, subscribers.size() + 1);
            ActorSelection confirmations = system().actorSelection("pekko://" + SYSTEM + "@" + publisher + "/user/"
                    + CONFIRMED + subscribers.indexOf(address()));
            topic.tell(Topic.subscribe(Adapter.toTyped(system().actorOf(
                            Props.create(Taker.class, () -> new Taker(receiver, WINDOW / 4, confirmations))))));
        }
    }
}
