package dev.gapless.node;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.Event;
import dev.gapless.MessageHandler;
import dev.gapless.OnFailure;
import dev.gapless.Payload;
import dev.gapless.ProducerLeft;
import dev.gapless.Reload;
import dev.gapless.Undecodable;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Between a subscription and who prints its events: bounded, so that the subscription waits when nobody reads. */
final class EventQueue implements MessageHandler<Payload> {
    private static final int CAPACITY = 1024;
    private static final long RECHECK_MS = 100;

    /**
     * An event, and whom to tell that it was printed.
     *
     * @param reload completes when an expiry was printed; null for other events
     */
    record Item(Event<Payload> event, @Nullable CompletableFuture<Reload> reload) {}

    private final BlockingQueue<Item> items = new ArrayBlockingQueue<>(CAPACITY);
    private final AtomicLong offered = new AtomicLong();
    private volatile boolean closed;

    /** The next one, if there is one within this time. */
    @Nullable Item poll(long timeoutMs) throws InterruptedException {
        return timeoutMs == 0 ? items.poll() : items.poll(timeoutMs, TimeUnit.MILLISECONDS);
    }

    /** How many there were so far. An event that the subscription counts as handled is counted here. */
    long offered() {
        return offered.get();
    }

    /** Takes nothing more; what comes is dropped. */
    void close() {
        closed = true;
        items.clear();
    }

    private void offer(Event<Payload> event, @Nullable CompletableFuture<Reload> reload) throws InterruptedException {
        offered.incrementAndGet();
        Item item = new Item(event, reload);
        while (!closed && !items.offer(item, RECHECK_MS, TimeUnit.MILLISECONDS)) {
            // Whoever reads the output takes his time.
        }
    }

    private void offerNow(Event<Payload> event) {
        try {
            offer(event, null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void onMessage(Delivery<Payload> delivery) throws InterruptedException {
        offer(delivery, null);
    }

    @Override
    public CompletionStage<Reload> onCursorExpired(CursorExpired<Payload> expired) {
        CompletableFuture<Reload> printed = new CompletableFuture<>();
        try {
            offer(expired, printed);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            printed.completeExceptionally(e);
        }
        return printed;
    }

    @Override
    public void onProducerLeft(ProducerLeft<Payload> left) {
        offerNow(left);
    }

    @Override
    public OnFailure onUndecodable(Undecodable<Payload> undecodable) {
        offerNow(undecodable);
        return OnFailure.SKIP;
    }

    @Override
    public void onEnded(Ended<Payload> ended) {
        offerNow(ended);
    }
}
