package dev.gapless.bench.peer;

import com.typesafe.config.ConfigFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Props;

/**
 * An actor for each subscriber, told by tell over Pekko remoting: each message for itself, or several in a {@link BenchBatch}. A window
 * of unconfirmed tells keeps the transport's queue from overflowing, as its reliable delivery would. Nothing is repeated.
 */
final class RemotingPeer implements Peer {
    /** Of messages under way to one subscriber. */
    private static final int WINDOW_BYTES = 1 << 20;

    /** Of messages that are told together: as much as a batch of Gapless. */
    private static final int BATCH_BYTES = 128 << 10;

    /** The transport's queue takes 3,072. */
    private static final int MOST_TELLS = 2_048;

    private static final String SYSTEM = "bench";
    private static final String ACTOR = "subscriber";

    private final int batch;
    private final int window;
    private final boolean waits;

    /** @param most how many messages are told together, if they are no more than {@link #BATCH_BYTES}; 1 for each by itself */
    RemotingPeer(int most, int messageBytes) {
        this.batch = Math.min(most, BATCH_BYTES / messageBytes);
        this.window = Math.min(MOST_TELLS, WINDOW_BYTES / (batch * messageBytes));
        this.waits = false;
    }

    private RemotingPeer() {
        this.batch = 1;
        this.window = 1;
        this.waits = true;
    }

    /** One whose publisher tells all subscribers a message, and waits until each has answered. */
    static RemotingPeer answered() {
        return new RemotingPeer();
    }

    @Override
    public Publisher publisher() {
        return new Sender();
    }

    @Override
    public PeerSide subscriber(Receiver receiver) {
        ActorSystem system = system();
        int every = Math.max(1, window / 4);
        system.actorOf(Props.create(Taker.class, () -> new Taker(receiver, every, null)), ACTOR);
        return new Listener(system);
    }

    private static ActorSystem system() {
        return ActorSystem.create(SYSTEM, ConfigFactory.load("bench-remoting.conf"));
    }

    private static String addressOf(ActorSystem system) {
        Address address = ((ExtendedActorSystem) system).provider().getDefaultAddress();
        return address.getHost().orElseThrow() + ":" + address.getPort().orElseThrow();
    }

    private record Listener(ActorSystem system) implements PeerSide {
        @Override
        public String address() {
            return addressOf(system);
        }

        @Override
        public void connect(String publisher, List<String> subscribers) {
            // the publisher does
        }
    }

    private record Subscriber(ActorRef actor, Credit credit, ActorRef confirmations) {}

    private final class Sender implements Publisher {
        private final ActorSystem system = system();
        private final List<Subscriber> subscribers = new ArrayList<>();
        private List<byte[]> collected = new ArrayList<>(batch);

        @Override
        public String address() {
            return addressOf(system);
        }

        @Override
        public void connect(String publisher, List<String> addresses) throws Exception {
            for (String address : addresses) {
                String path = "pekko://" + SYSTEM + "@" + address + "/user/" + ACTOR;
                ActorRef actor = system.actorSelection(path)
                        .resolveOne(Patience.CONNECT)
                        .toCompletableFuture()
                        .get(Patience.CONNECT.toMillis(), TimeUnit.MILLISECONDS);
                Credit credit = new Credit(window);
                subscribers.add(new Subscriber(
                        actor, credit, system.actorOf(Props.create(Confirmed.class, () -> new Confirmed(credit)))));
            }
        }

        @Override
        public void publish(byte[] message) {
            if (batch == 1) {
                tell(message);
                if (waits) {
                    subscribers.forEach(subscriber -> subscriber.credit.awaitAll());
                }
                return;
            }
            collected.add(message);
            if (collected.size() == batch) {
                flush();
            }
        }

        @Override
        public void flush() {
            if (!collected.isEmpty()) {
                tell(new BenchBatch(collected));
                collected = new ArrayList<>(batch);
            }
        }

        private void tell(Object what) {
            for (Subscriber subscriber : subscribers) {
                subscriber.credit.take();
                subscriber.actor.tell(what, subscriber.confirmations);
            }
        }
    }
}
