package dev.gapless.node;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The body of an event stream, part by part: the next one is asked for when one is taken, so that a slow reader holds up the gateway. */
final class SseChunks implements Subscriber<List<ByteBuffer>>, AutoCloseable {
    private static final int ASKED_FOR = 4;

    /** A part, or the end: with an error if it broke. */
    record Chunk(
            List<ByteBuffer> bytes, boolean isEnd, @Nullable Throwable error) {}

    // What is asked for, and the end.
    private final BlockingQueue<Chunk> chunks = new ArrayBlockingQueue<>(ASKED_FOR + 1);
    private volatile @Nullable Subscription subscription;

    /** The next one, if there is one within this time. */
    @Nullable Chunk poll(long timeoutMs) throws InterruptedException {
        Chunk chunk = timeoutMs == 0 ? chunks.poll() : chunks.poll(timeoutMs, TimeUnit.MILLISECONDS);
        Subscription from = subscription;
        if (chunk != null && !chunk.isEnd() && from != null) {
            from.request(1);
        }
        return chunk;
    }

    @Override
    public void onSubscribe(Subscription given) {
        subscription = given;
        given.request(ASKED_FOR);
    }

    @Override
    public void onNext(List<ByteBuffer> bytes) {
        chunks.add(new Chunk(bytes, false, null));
    }

    @Override
    public void onError(Throwable error) {
        chunks.add(new Chunk(List.of(), true, error));
    }

    @Override
    public void onComplete() {
        chunks.add(new Chunk(List.of(), true, null));
    }

    /** Ends the connection. */
    @Override
    public void close() {
        Subscription from = subscription;
        if (from != null) {
            from.cancel();
        }
    }
}
