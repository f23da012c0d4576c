package dev.gapless.internal;

import dev.gapless.Ended;
import dev.gapless.Ready;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.core.CursorToken;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the application holds of a subscription. Thread-safe. */
final class SubscriptionHandle implements Subscription {
    private final String topic;
    private final CursorToken start;
    private final Executor executor;
    private final CompletableFuture<Ready> ready = new CompletableFuture<>();
    private final CompletableFuture<Ended.Reason> ended = new CompletableFuture<>();
    private volatile @Nullable Supplier<CursorToken> position;
    private volatile @Nullable CursorToken last;
    private volatile @Nullable Runnable canceller;
    private volatile boolean cancelled;

    SubscriptionHandle(String topic, StartFrom start, String clusterId, Executor executor) {
        this.topic = topic;
        this.executor = executor;
        this.start = start instanceof StartFrom.Resume resume
                ? resume.token()
                : new CursorToken(topic, clusterId, System.currentTimeMillis(), Map.of());
    }

    /** How to cancel it, from now on. */
    void cancelWith(Runnable runnable) {
        canceller = runnable;
        if (cancelled) {
            runnable.run();
        }
    }

    /** Has somebody asked to cancel it? */
    boolean isCancelled() {
        return cancelled;
    }

    /**
     * It is open.
     *
     * @param token resumes behind what was handled; any thread
     */
    void opened(Supplier<CursorToken> token) {
        position = token;
    }

    boolean hasEnded() {
        return last != null;
    }

    void ready(Ready result) {
        executor.execute(() -> ready.complete(result));
    }

    /** It has ended here. */
    void ended(Ended.Reason reason, CursorToken token, @Nullable Throwable cause) {
        last = token;
        executor.execute(() -> {
            ready.completeExceptionally(new IllegalStateException(
                    "The subscription to topic " + topic + " ended before it was ready: " + reason, cause));
            ended.complete(reason);
        });
    }

    @Override
    public String topic() {
        return topic;
    }

    @Override
    public CompletionStage<Ready> ready() {
        return ready.minimalCompletionStage();
    }

    @Override
    public CursorToken token() {
        CursorToken end = last;
        Supplier<CursorToken> open = position;
        return end != null ? end : open != null ? open.get() : start;
    }

    @Override
    public CompletionStage<Ended.Reason> cancel() {
        cancelled = true;
        Runnable runnable = canceller;
        if (runnable != null) {
            runnable.run();
        }
        return whenEnded();
    }

    @Override
    public CompletionStage<Ended.Reason> whenEnded() {
        return ended.minimalCompletionStage();
    }
}
