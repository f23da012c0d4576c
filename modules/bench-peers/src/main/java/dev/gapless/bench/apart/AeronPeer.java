package dev.gapless.bench.apart;

import dev.gapless.bench.peer.BenchMessage;
import dev.gapless.bench.peer.Patience;
import dev.gapless.bench.peer.Peer;
import dev.gapless.bench.peer.PeerSide;
import dev.gapless.bench.peer.Publisher;
import dev.gapless.bench.peer.Receiver;
import io.aeron.Aeron;
import io.aeron.CommonContext;
import io.aeron.ExclusivePublication;
import io.aeron.FragmentAssembler;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Aeron over UDP, a media driver within each process, and a publication for each subscriber. Aeron repeats what was lost, and a
 * publisher waits for a slow subscriber.
 */
final class AeronPeer implements Peer {
    private static final int STREAM = 10;
    private static final int FRAGMENTS = 256;
    private static final int TERM_BYTES = 4 << 20;

    @Override
    public Publisher publisher() {
        return new Sender();
    }

    @Override
    public PeerSide subscriber(Receiver receiver) throws IOException {
        return new Listener(receiver);
    }

    /** One thread for the driver, and files in the benchmark's own directory. */
    private static Aeron aeron() {
        MediaDriver driver = MediaDriver.launchEmbedded(new MediaDriver.Context()
                .aeronDirectoryName(
                        System.getProperty("java.io.tmpdir") + "/aeron-" + CommonContext.generateRandomDirName())
                .threadingMode(ThreadingMode.SHARED)
                .sharedIdleStrategy(idle())
                .publicationTermBufferLength(TERM_BYTES)
                .dirDeleteOnStart(true)
                .dirDeleteOnShutdown(true));
        return Aeron.connect(new Aeron.Context().aeronDirectoryName(driver.aeronDirectoryName()));
    }

    /** Spins a little, and then sleeps longer and longer, up to 100 us. */
    private static IdleStrategy idle() {
        return new BackoffIdleStrategy(10, 10, 1_000, 100_000);
    }

    private static final class Sender implements Publisher {
        private final Aeron aeron = aeron();
        private final List<ExclusivePublication> publications = new ArrayList<>();
        private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[BenchMessage.BYTES]);
        private final IdleStrategy idle = idle();

        @Override
        public String address() {
            return "-";
        }

        @Override
        public void connect(String publisher, List<String> subscribers) throws Exception {
            long untilNs = System.nanoTime() + Patience.CONNECT.toNanos();
            for (String subscriber : subscribers) {
                ExclusivePublication publication =
                        aeron.addExclusivePublication("aeron:udp?endpoint=" + subscriber, STREAM);
                while (!publication.isConnected()) {
                    if (System.nanoTime() - untilNs > 0) {
                        throw new TimeoutException(
                                "no subscriber within " + Patience.CONNECT.toSeconds() + " s: " + subscriber);
                    }
                    Thread.sleep(5);
                }
                publications.add(publication);
            }
        }

        @Override
        public void publish(byte[] message) {
            buffer.wrap(message);
            for (ExclusivePublication publication : publications) {
                if (publication.offer(buffer, 0, message.length) < 0) {
                    offerAgain(publication, message.length);
                }
            }
        }

        private void offerAgain(ExclusivePublication publication, int length) {
            long untilNs = System.nanoTime() + Patience.PROGRESS.toNanos();
            idle.reset();
            long result = Publication.BACK_PRESSURED;
            while (result < 0) {
                if (result == Publication.CLOSED
                        || result == Publication.MAX_POSITION_EXCEEDED
                        || System.nanoTime() - untilNs > 0) {
                    throw new IllegalStateException("a subscriber takes nothing: " + Publication.errorString(result));
                }
                idle.idle();
                result = publication.offer(buffer, 0, length);
            }
        }

        @Override
        public void flush() {
            // the driver sends at once
        }
    }

    private static final class Listener implements PeerSide {
        private final int port;
        private final Receiver receiver;

        Listener(Receiver receiver) throws IOException {
            this.receiver = receiver;
            try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
                port = socket.getLocalPort();
            }
            Subscription subscription = aeron().addSubscription("aeron:udp?endpoint=" + address(), STREAM);
            Thread thread = new Thread(() -> read(subscription), "aeron-subscriber");
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public String address() {
            return "127.0.0.1:" + port;
        }

        @Override
        public void connect(String publisher, List<String> subscribers) {
            // the publisher does
        }

        /** Messages go through an array: what Aeron hands over may lie outside the heap. */
        private void read(Subscription subscription) {
            byte[][] array = {new byte[BenchMessage.BYTES]};
            FragmentAssembler handler = new FragmentAssembler((buffer, offset, length, header) -> {
                if (array[0].length < length) {
                    array[0] = new byte[length];
                }
                buffer.getBytes(offset, array[0], 0, length);
                receiver.take(array[0], 0, length);
            });
            IdleStrategy idle = idle();
            while (!subscription.isClosed()) {
                idle.idle(subscription.poll(handler, FRAGMENTS));
            }
            receiver.takeProblem("the subscription is closed");
        }
    }
}
