package dev.gapless.bench.peer;

import com.typesafe.config.ConfigFactory;
import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.Gapless;
import dev.gapless.MessageHandler;
import dev.gapless.Producer;
import dev.gapless.Ready;
import dev.gapless.Reload;
import dev.gapless.StartFrom;
import dev.gapless.Topic;
import dev.gapless.core.Position;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.StreamSupport;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Address;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.MemberStatus;
import org.jspecify.annotations.Nullable;

/** Gapless with backpressure, and otherwise as it comes. The publisher forms the cluster. */
final class GaplessPeer implements Peer {
    private static final String SYSTEM = "bench";
    private static final Topic<byte[]> TOPIC = Topic.of("bench", byte[].class);

    @Override
    public Publisher publisher() {
        return new Sender();
    }

    @Override
    public Side subscriber(Receiver receiver) {
        return new Listener(receiver);
    }

    /** A member, once it has joined. */
    private abstract static class Node implements Side {
        final ActorSystem system = ActorSystem.create(SYSTEM, ConfigFactory.load("bench-gapless.conf"));
        final Cluster cluster = Cluster.get(system);

        @Override
        public final String address() {
            Address address = cluster.selfAddress();
            return address.getHost().orElseThrow() + ":" + address.getPort().orElseThrow();
        }

        /** Joins the publisher, which may be this node, and waits until as many members are up. */
        void join(String publisher, int members) throws Exception {
            int colon = publisher.lastIndexOf(':');
            cluster.join(new Address(
                    "pekko", SYSTEM, publisher.substring(0, colon), Integer.parseInt(publisher.substring(colon + 1))));
            long untilNs = System.nanoTime() + Patience.CONNECT.toNanos();
            while (up() < members) {
                if (System.nanoTime() - untilNs > 0) {
                    throw new TimeoutException(
                            "the cluster did not form within " + Patience.CONNECT.toSeconds() + " s");
                }
                Thread.sleep(20);
            }
        }

        private long up() {
            return StreamSupport.stream(cluster.state().getMembers().spliterator(), false)
                    .filter(member -> member.status().equals(MemberStatus.up()))
                    .count();
        }
    }

    private static final class Sender extends Node implements Publisher {
        /** A power of two: how many publishes may wait for room at once. */
        private static final int PENDING = 1_024;

        private final List<@Nullable CompletionStage<Position>> pending =
                new ArrayList<>(Collections.nCopies(PENDING, null));
        private final Producer<byte[]> producer = Gapless.get(system).producer(TOPIC);
        private int next;

        @Override
        public void connect(String publisher, List<String> subscribers) throws Exception {
            join(publisher, subscribers.size() + 1);
        }

        @Override
        public void publish(byte[] message) throws Exception {
            CompletionStage<Position> oldest = pending.get(next);
            if (oldest != null) {
                var unused = oldest.toCompletableFuture().get(Patience.PROGRESS.toSeconds(), TimeUnit.SECONDS);
            }
            pending.set(next, producer.publish(message));
            next = (next + 1) & (PENDING - 1);
        }

        @Override
        public void flush() {
            // Gapless sends at once
        }
    }

    private static final class Listener extends Node {
        private final Receiver receiver;

        Listener(Receiver receiver) {
            this.receiver = receiver;
        }

        @Override
        public void connect(String publisher, List<String> subscribers) throws Exception {
            join(publisher, subscribers.size() + 1);
            Ready ready = Gapless.get(system)
                    .subscribe(TOPIC, StartFrom.latest(), new Handler(receiver))
                    .ready()
                    .toCompletableFuture()
                    .get(Patience.CONNECT.toSeconds(), TimeUnit.SECONDS);
            if (!ready.silent().isEmpty()) {
                throw new IllegalStateException("the subscription got no answer from " + ready.silent());
            }
        }
    }

    private record Handler(Receiver receiver) implements MessageHandler<byte[]> {
        @Override
        public void onMessage(Delivery<byte[]> delivery) {
            receiver.take(Objects.requireNonNull(delivery.message()), 0);
        }

        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<byte[]> expired) {
            receiver.takeProblem("the subscription was told of gaps: " + expired.gaps());
            return CompletableFuture.completedFuture(Reload.done());
        }

        @Override
        public void onEnded(Ended<byte[]> ended) {
            receiver.takeProblem("the subscription has ended: " + ended.reason());
        }
    }
}
