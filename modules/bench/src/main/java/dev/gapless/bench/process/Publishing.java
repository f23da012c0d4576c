package dev.gapless.bench.process;

import dev.gapless.bench.peer.BenchMessage;
import dev.gapless.bench.peer.Publisher;
import java.util.concurrent.atomic.AtomicLong;

/** Publishes numbered messages on the calling thread: as fast as it can, or each at its time. */
final class Publishing {
    /** So many messages are published before the clock is looked at again. */
    private static final int TURN = 128;

    private final Publisher publisher;
    private final int messageBytes;
    private final AtomicLong published = new AtomicLong();

    Publishing(Publisher publisher, int messageBytes) {
        this.publisher = publisher;
        this.messageBytes = messageBytes;
    }

    /** One that goes on behind so many. */
    Publishing(Publisher publisher, int messageBytes, long before) {
        this(publisher, messageBytes);
        published.set(before);
    }

    long published() {
        return published.get();
    }

    /** So many more, as fast as it can. */
    void publish(long count) throws Exception {
        long last = published() + count;
        for (long number = published() + 1; number <= last; number++) {
            publisher.publish(BenchMessage.of(messageBytes, number, 0));
            published.lazySet(number);
        }
        publisher.flush();
    }

    /** As fast as it can. */
    void runUntil(long endNs) throws Exception {
        long number = published();
        while (System.nanoTime() - endNs < 0) {
            for (int i = 0; i < TURN; i++) {
                publisher.publish(BenchMessage.of(messageBytes, ++number, 0));
                published.lazySet(number);
            }
        }
        publisher.flush();
    }

    /**
     * So many a second, at even distances. A message whose time has passed is published at once, and its latency counts from that
     * time.
     */
    void runUntil(long endNs, int ratePerSecond) throws Exception {
        long beginNs = System.nanoTime();
        long number = published();
        long dueNs = beginNs;
        for (long i = 1; dueNs - endNs < 0; i++) {
            if (dueNs - System.nanoTime() > 0) {
                publisher.flush();
                Window.sleepUntil(dueNs);
            }
            publisher.publish(BenchMessage.of(messageBytes, ++number, dueNs));
            published.lazySet(number);
            dueNs = beginNs + i * 1_000_000_000L / ratePerSecond;
        }
        publisher.flush();
    }
}
