package dev.gapless.multijvm.node;

import dev.gapless.Gapless;
import dev.gapless.Producer;
import dev.gapless.Topic;
import dev.gapless.core.Position;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32C;

/**
 * Publishes to one topic from two threads until it is told to stop, and writes down what it is about to publish before,
 * and what became of it after: a process that is killed between the two has said that the message may exist.
 */
final class JournaledPublisher {
    private static final int THREADS = 2;
    private static final int FILLER_BYTES = 60;
    private static final int LONGEST_PAUSE_MS = 600;
    /** One burst in so many is as large as it may be; the others are small. */
    private static final int LARGE_ONE_IN = 60;

    private static final int SMALL_BURST = 12;

    private final Producer<Object> producer;
    private final Journal journal;
    private final long incarnation;
    private final int largestBurst;
    private final long[] indexes = new long[THREADS + 1];
    private List<Thread> threads = List.of();
    private volatile boolean going;

    JournaledPublisher(
            Gapless gapless, String topic, String address, long incarnation, String directory, int largestBurst) {
        this.producer = gapless.producer(Topic.of(topic, Object.class));
        this.incarnation = incarnation;
        this.largestBurst = largestBurst;
        String its = Long.toHexString(incarnation);
        journal = new Journal(directory, "publisher-" + topic + "-" + gapless.nodeName() + "-" + its);
        journal.timed("publisher", topic, gapless.nodeName(), address, its);
    }

    synchronized void start() {
        if (going) {
            return;
        }
        going = true;
        List<Thread> started = new ArrayList<>();
        for (int number = 1; number <= THREADS; number++) {
            int thread = number;
            started.add(new Thread(
                    () -> publish(thread), "publishes-" + producer.topic().name() + "-" + thread));
        }
        started.forEach(Thread::start);
        threads = started;
    }

    /** Returns when everything that was begun has a position or has failed. */
    synchronized void stop() throws InterruptedException {
        going = false;
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void publish(int thread) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        while (going) {
            int count = random.nextInt(LARGE_ONE_IN) == 0 ? largestBurst : 1 + random.nextInt(SMALL_BURST);
            CompletableFuture<?>[] stages = new CompletableFuture<?>[count];
            for (int i = 0; i < count; i++) {
                stages[i] = publishOne(thread, random);
            }
            CompletableFuture.allOf(stages).join();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(LONGEST_PAUSE_MS)));
        }
    }

    private CompletableFuture<Boolean> publishOne(int thread, ThreadLocalRandom random) {
        long index = ++indexes[thread];
        byte[] message = new byte[Content.BYTES + random.nextInt(FILLER_BYTES)];
        random.nextBytes(message);
        ByteBuffer.wrap(message).put(new Content(incarnation, thread, index).toBytes(0));
        journal.timed("p", thread, index, hash(message));
        return producer.publish(message)
                .handle((position, failure) -> {
                    written(thread, index, position, failure);
                    return failure == null;
                })
                .toCompletableFuture();
    }

    private void written(int thread, long index, Position position, Throwable failure) {
        if (failure == null) {
            journal.line("a", thread, index, position.epoch(), position.sequence());
        } else {
            Throwable cause = failure instanceof CompletionException e && e.getCause() != null ? e.getCause() : failure;
            journal.line("f", thread, index, cause.getClass().getSimpleName());
        }
    }

    /** What tells one message's bytes from another's. */
    static String hash(byte[] message) {
        CRC32C crc = new CRC32C();
        crc.update(message);
        return Long.toHexString(crc.getValue());
    }
}
