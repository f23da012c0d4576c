package dev.gapless.bench.peer;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.Gapless;
import dev.gapless.MessageHandler;
import dev.gapless.Producer;
import dev.gapless.Reload;
import dev.gapless.StartFrom;
import dev.gapless.Topic;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** As {@link GaplessPeer}, with messages of a class that Pekko serializes with Jackson, as CBOR. */
final class TypedPeer implements Peer {
    private static final Topic<Quote> TOPIC = Topic.of("bench-quotes", Quote.class);

    @Override
    public Publisher publisher() {
        return new Sender();
    }

    @Override
    public PeerSide subscriber(Receiver receiver) {
        return new Listener(receiver);
    }

    private static final class Sender extends ClusterNode implements Publisher {
        private final Producer<Quote> producer = Gapless.get(system()).producer(TOPIC);

        Sender() {
            super(GAPLESS);
        }

        @Override
        public void connect(String publisher, List<String> subscribers) throws Exception {
            join(publisher, subscribers.size() + 1);
        }

        @Override
        public void publish(byte[] message) {
            producer.send(
                    Quote.of(BenchMessage.numberAt(message, 0), BenchMessage.intendedNsAt(message, 0, message.length)));
        }

        @Override
        public void flush() {
            // Gapless sends at once
        }
    }

    private static final class Listener extends ClusterNode implements PeerSide {
        private final Receiver receiver;

        Listener(Receiver receiver) {
            super(GAPLESS);
            this.receiver = receiver;
        }

        @Override
        public void connect(String publisher, List<String> subscribers) throws Exception {
            join(publisher, subscribers.size() + 1);
            var unused = Gapless.get(system())
                    .subscribe(TOPIC, StartFrom.latest(), new Handler(receiver))
                    .ready()
                    .toCompletableFuture()
                    .get(Patience.CONNECT.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private record Handler(Receiver receiver) implements MessageHandler<Quote> {
        @Override
        public void onMessage(Delivery<Quote> delivery) {
            Quote quote = Objects.requireNonNull(delivery.message());
            if (quote.matchesNumber()) {
                receiver.takeNumber(quote.number(), quote.intendedNs());
            } else {
                receiver.takeProblem("not as it was published: " + quote);
            }
        }

        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<Quote> expired) {
            receiver.takeProblem("the subscription was told of " + expired.gaps());
            return CompletableFuture.completedFuture(Reload.done());
        }

        @Override
        public void onEnded(Ended<Quote> ended) {
            receiver.takeProblem("the subscription has ended: " + ended.reason());
        }
    }
}
