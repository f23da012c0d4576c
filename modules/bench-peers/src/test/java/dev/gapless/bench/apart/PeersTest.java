package dev.gapless.bench.apart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.bench.peer.BenchMessage;
import dev.gapless.bench.peer.Peer;
import dev.gapless.bench.peer.PeerSide;
import dev.gapless.bench.peer.Peers;
import dev.gapless.bench.peer.Publisher;
import dev.gapless.bench.peer.Receiver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each peer with two subscribers, within this process. Nothing is asserted of what it took. */
@Tag("thorough")
@Tag("day0")
class PeersTest {
    /** More than any window. */
    private static final int MESSAGES = 40_000;

    /** All but Gapless, which the tests of modules/bench run. */
    static List<String> peers() {
        return Peers.names().stream().filter(name -> !name.equals("gapless")).toList();
    }

    @Test
    void findsThePeersOfThisModule() {
        assertEquals(
                List.of(
                        "gapless",
                        "tcp",
                        "batches-128",
                        "batches-800",
                        "tell",
                        "topic",
                        "delivery",
                        "segments",
                        "jgroups",
                        "aeron",
                        "hazelcast-ring",
                        "hazelcast-topic"),
                Peers.names());
        assertEquals(Map.of(), Peers.missing());
    }

    @ParameterizedTest
    @MethodSource("peers")
    void deliversEachMessageOnceAndInOrder(String name) throws Exception {
        Peer peer = Peers.of(name).maker().of(BenchMessage.BYTES);
        List<Taken> taken = List.of(new Taken(), new Taken());
        Publisher publisher = peer.publisher();
        List<PeerSide> subscribers = new ArrayList<>();
        for (Taken one : taken) {
            subscribers.add(peer.subscriber(one));
        }
        connect(publisher, subscribers);
        for (int i = 1; i <= MESSAGES; i++) {
            publisher.publish(BenchMessage.of(BenchMessage.BYTES, i, 0));
        }
        publisher.flush();
        for (Taken one : taken) {
            assertTrue(one.all.await(60, TimeUnit.SECONDS), () -> one.last + " came");
            assertNull(one.problem.get());
            assertEquals(MESSAGES, one.last.get());
        }
    }

    private static void connect(Publisher publisher, List<PeerSide> subscribers) {
        List<String> addresses = subscribers.stream().map(PeerSide::address).toList();
        List<PeerSide> all = new ArrayList<>(List.of(publisher));
        all.addAll(subscribers);
        List<CompletableFuture<Void>> connected = all.stream()
                .map(side -> CompletableFuture.runAsync(() -> {
                    try {
                        side.connect(publisher.address(), addresses);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }))
                .toList();
        connected.forEach(CompletableFuture::join);
    }

    /** Checks the numbers. */
    private static final class Taken implements Receiver {
        @Override
        public void takeNumber(long number, long intendedNs) {
            throw new IllegalStateException("messages are bytes here");
        }

        private final CountDownLatch all = new CountDownLatch(1);
        private final AtomicReference<String> problem = new AtomicReference<>();
        private final AtomicLong last = new AtomicLong();

        @Override
        public void take(byte[] bytes, int offset, int length) {
            if (!BenchMessage.isWhole(bytes, offset, length)) {
                takeProblem("damaged after " + last);
            } else if (BenchMessage.numberAt(bytes, offset) != last.get() + 1) {
                takeProblem(BenchMessage.numberAt(bytes, offset) + " after " + last);
            } else if (last.incrementAndGet() == MESSAGES) {
                all.countDown();
            }
        }

        @Override
        public void takeProblem(String what) {
            problem.compareAndSet(null, what);
            all.countDown();
        }
    }
}
