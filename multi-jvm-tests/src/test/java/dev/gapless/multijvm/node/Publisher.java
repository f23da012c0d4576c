package dev.gapless.multijvm.node;

import dev.gapless.Gapless;
import dev.gapless.Producer;
import dev.gapless.Topic;
import dev.gapless.core.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/** Publishes to one topic of this node. */
final class Publisher {
    /** Stages that are not complete yet, at most: below max-pending-publishes. */
    private static final int PENDING = 4_000;

    private final long incarnation;
    private final Producer<Object> producer;
    private final AtomicLong index = new AtomicLong();
    /** What stands at each sequence, where several threads publish; else it says so itself. */
    private final Map<Long, Content> contents = new ConcurrentHashMap<>();

    Publisher(Gapless gapless, String topic, long incarnation) {
        this.incarnation = incarnation;
        this.producer = gapless.producer(Topic.of(topic, Object.class));
    }

    /** From one thread, as fast as positions come. With thread 0 the content says at which sequence it has to stand. */
    synchronized Published publish(int thread, int count, int size, boolean cbor) throws InterruptedException {
        Positions positions = new Positions();
        Semaphore pending = new Semaphore(PENDING);
        for (int i = 0; i < count; i++) {
            Content content = new Content(incarnation, thread, index.incrementAndGet());
            pending.acquire();
            publish(content, size, cbor, positions, pending);
        }
        pending.acquire(PENDING);
        return positions.result();
    }

    /** Something that has no place among the counted messages. */
    Published publish(Object message) throws InterruptedException {
        Positions positions = new Positions();
        Semaphore pending = new Semaphore(1);
        pending.acquire();
        try {
            producer.publish(message)
                    .whenComplete((position, failure) ->
                            done(new Content(incarnation, 0, 0), position, failure, positions, pending));
        } catch (RuntimeException e) {
            positions.failed(e);
            pending.release();
        }
        pending.acquire();
        if (positions.result().accepted() > 0) {
            index.incrementAndGet();
        }
        return positions.result();
    }

    /** From many threads at once, each of which publishes so many. */
    Published publishFromThreads(int threads, int count, int size) throws InterruptedException {
        Positions positions = new Positions();
        Semaphore pending = new Semaphore(Integer.MAX_VALUE);
        Semaphore start = new Semaphore(0);
        List<Thread> all = new ArrayList<>();
        for (int t = 1; t <= threads; t++) {
            int number = t;
            Thread thread = new Thread(() -> {
                start.acquireUninterruptibly();
                for (int i = 1; i <= count; i++) {
                    pending.acquireUninterruptibly();
                    publish(new Content(incarnation, number, i), size, false, positions, pending);
                }
            });
            thread.start();
            all.add(thread);
        }
        start.release(threads);
        for (Thread thread : all) {
            thread.join();
        }
        pending.acquire(Integer.MAX_VALUE);
        return positions.result();
    }

    /** What a subscriber has to have if it was given exactly these. */
    long digest(long first, long count) {
        long digest = 0;
        for (long sequence = first; sequence < first + count; sequence++) {
            Content content = contents.get(sequence);
            digest += content == null ? Content.digest(sequence, 0, sequence) : content.digest(sequence);
        }
        return digest;
    }

    private void publish(Content content, int size, boolean cbor, Positions positions, Semaphore pending) {
        Object message = cbor ? content.toMessage(size) : content.toBytes(size);
        producer.publish(message).whenComplete((position, failure) -> {
            if (position != null && content.thread() > 0) {
                contents.put(position.sequence(), content);
            }
            done(content, position, failure, positions, pending);
        });
    }

    private static void done(
            Content content, Position position, Throwable failure, Positions positions, Semaphore pending) {
        if (failure != null) {
            positions.failed(failure instanceof CompletionException e && e.getCause() != null ? e.getCause() : failure);
        } else {
            positions.accepted(content, position);
        }
        pending.release();
    }
}
