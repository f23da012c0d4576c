package dev.gapless.bench.peer;

import dev.gapless.Gapless;
import dev.gapless.Producer;
import dev.gapless.Receipt;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Gapless, whose publisher waits for the receipt of each message: that the nodes of all subscribers hold it. */
final class ReceiptPeer implements Peer {
    @Override
    public Publisher publisher() {
        return new Sender();
    }

    @Override
    public PeerSide subscriber(Receiver receiver) {
        return new GaplessPeer(1).subscriber(receiver);
    }

    private static final class Sender extends ClusterNode implements Publisher {
        private final Producer<byte[]> producer;
        private int subscribers;

        Sender() {
            super(GAPLESS);
            producer = Gapless.get(system()).producer(GaplessPeer.topic(0));
        }

        @Override
        public void connect(String publisher, List<String> addresses) throws Exception {
            subscribers = addresses.size();
            join(publisher, subscribers + 1);
        }

        @Override
        public void publish(byte[] message) throws Exception {
            var unused = producer.publish(message, Receipt.heldBy(subscribers), Patience.PROGRESS)
                    .toCompletableFuture()
                    .get(
                            2 * Patience.PROGRESS.toSeconds(),
                            TimeUnit.SECONDS); // NotHeld, which names nodes, comes first
        }

        @Override
        public void flush() {
            // Gapless sends at once
        }
    }
}
