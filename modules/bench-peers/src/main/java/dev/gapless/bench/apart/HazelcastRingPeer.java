package dev.gapless.bench.apart;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.ringbuffer.OverflowPolicy;
import com.hazelcast.ringbuffer.ReadResultSet;
import com.hazelcast.ringbuffer.Ringbuffer;
import dev.gapless.bench.peer.Peer;
import dev.gapless.bench.peer.PeerSide;
import dev.gapless.bench.peer.Publisher;
import dev.gapless.bench.peer.Receiver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;

/** Hazelcast's Ringbuffer: up to 128 messages are added at once, and up to 1,000 are read at once. */
final class HazelcastRingPeer implements Peer {
    private static final int BATCH = 128;
    private static final int MOST_READ = 1_000;

    @Override
    public Publisher publisher() throws IOException {
        return new Sender();
    }

    @Override
    public PeerSide subscriber(Receiver receiver) throws IOException {
        return new Listener(receiver);
    }

    private static final class Sender extends HazelcastNode.Sending {
        private final Ringbuffer<byte[]> ring = member().getRingbuffer(NAME);
        private List<byte[]> collected = new ArrayList<>(BATCH);

        Sender() throws IOException {}

        @Override
        public void publish(byte[] message) {
            takeCredit();
            collected.add(message);
            if (collected.size() == BATCH) {
                flush();
            }
        }

        @Override
        public void flush() {
            if (!collected.isEmpty()) {
                var unused = ring.addAllAsync(collected, OverflowPolicy.OVERWRITE);
                collected = new ArrayList<>(BATCH);
            }
        }
    }

    private static final class Listener extends HazelcastNode.Taking {
        private final Receiver receiver;

        Listener(Receiver receiver) throws IOException {
            this.receiver = receiver;
        }

        @Override
        void listen(HazelcastInstance member) {
            Ringbuffer<byte[]> ring = member.getRingbuffer(NAME);
            long first = ring.tailSequence() + 1;
            Thread thread = new Thread(() -> read(ring, first), "hazelcast-subscriber");
            thread.setDaemon(true);
            thread.start();
        }

        private void read(Ringbuffer<byte[]> ring, long first) {
            long next = first;
            try {
                while (true) {
                    ReadResultSet<byte[]> messages = ring.readManyAsync(next, 1, MOST_READ, null)
                            .toCompletableFuture()
                            .get();
                    for (byte[] message : messages) {
                        receiver.take(message, 0, message.length);
                        confirm();
                    }
                    next = messages.getNextSequenceToReadFrom();
                }
            } catch (ExecutionException e) {
                receiver.takeProblem(String.valueOf(e.getCause()));
            } catch (InterruptedException e) {
                receiver.takeProblem(e.toString());
                Thread.currentThread().interrupt();
            }
        }
    }
}
