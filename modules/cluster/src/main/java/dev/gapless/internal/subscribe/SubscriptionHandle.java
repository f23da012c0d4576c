package dev.gapless.internal.subscribe;

import dev.gapless.Ended;
import dev.gapless.Lag;
import dev.gapless.NodeStatus.NamedStatus;
import dev.gapless.Ready;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.core.CursorToken;
import dev.gapless.core.HistoryId;
import dev.gapless.internal.measure.SubscriptionStats;
import dev.gapless.internal.measure.TopicMeasure;
import dev.gapless.internal.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the application holds of a subscription. Thread-safe. */
public final class SubscriptionHandle implements Subscription, SubscriptionStats.Subscribing {
    private final String topic;
    private final Executor executor;
    private final SubscriptionStats stats = new SubscriptionStats(this, TopicMeasure.NONE);
    private final CompletableFuture<Ready> ready = new CompletableFuture<>();
    private final CompletableFuture<Ended.Reason> ended = new EndStage<>(this::checkAwaitable);
    /** Where it begins, then where its loop is, then where it ended. */
    private volatile Supplier<CursorToken> token;

    private volatile boolean hasEnded;
    /** Plain: only the thread that wrote itself asks for itself. */
    private @Nullable Thread handling;

    private volatile @Nullable Controls controls;
    private volatile @Nullable EventReader<?> reader;
    private volatile boolean cancelled;
    private volatile boolean paused;
    /** Null if it has no name. */
    private final @Nullable KeptToken kept;

    /** How to tell the reader that something has changed. Any thread. */
    interface Controls {
        void cancelled();

        void resumed();

        /** Another one has its name. */
        void takenOver(RuntimeException cause);
    }

    /** Of a subscription without a name. */
    public SubscriptionHandle(String topic, StartFrom start, String clusterId, Executor executor, Clock clock) {
        this(topic, start, clusterId, executor, clock, null);
    }

    /**
     * Of any subscription.
     *
     * @param kept keeps its token, if it has a name
     */
    public SubscriptionHandle(
            String topic, StartFrom start, String clusterId, Executor executor, Clock clock, @Nullable KeptToken kept) {
        this.topic = topic;
        this.executor = executor;
        this.kept = kept;
        CursorToken begin = start instanceof StartFrom.Resume resume
                ? resume.token()
                : new CursorToken(topic, clusterId, clock.ms(), HistoryId.UNKNOWN, List.of(), 0);
        token = () -> begin;
    }

    void controlBy(Controls controlled) {
        controls = controlled;
        if (cancelled) {
            controlled.cancelled();
        }
    }

    /** This thread hands an event to the recipient. */
    void beginHandling() {
        handling = Thread.currentThread();
    }

    void endHandling() {
        handling = null;
    }

    /** Throws IllegalStateException if this thread is that of its own handler, for which its end waits. */
    private void checkAwaitable() {
        if (handling == Thread.currentThread()) {
            throw new IllegalStateException("Topic " + topic
                    + ": a handler cannot wait for the end of its own subscription, which ends once the handler has returned. Let it"
                    + " return, and put what is to follow behind the stage (whenEnded().thenRun)");
        }
    }

    /** Has somebody asked to cancel it? */
    boolean isCancelled() {
        return cancelled;
    }

    /**
     * It is open.
     *
     * @param handled resumes behind what was handled; any thread
     */
    void opened(EventReader<?> opened, Supplier<CursorToken> handled) {
        opened.countIn(stats);
        reader = opened;
        token = handled;
    }

    boolean hasEnded() {
        return hasEnded;
    }

    /**
     * Has it opened where it begins: as this says, or if it has a name, where its token is.
     *
     * @param begin opens it; not called once it is {@link #ending}
     * @param refused ends it
     */
    public void open(StartFrom start, Consumer<StartFrom> begin, Consumer<RuntimeException> refused) {
        if (kept == null) {
            begin.accept(start);
        } else {
            kept.open(start, begin, refused, this::takenOver);
        }
    }

    private void takenOver(RuntimeException cause) {
        Controls controlled = controls;
        if (controlled != null) {
            controlled.takenOver(cause);
        }
    }

    void ready(Ready result) {
        if (kept == null) {
            complete(result);
        } else {
            kept.begin(() -> token.get(), () -> complete(result));
        }
    }

    private void complete(Ready result) {
        executor.execute(() -> ready.complete(result));
    }

    /** It ends: from now on it is not opened. */
    void ending() {
        if (kept != null) {
            kept.ending();
        }
    }

    @Override
    public SubscriptionStats.State reading() {
        EventReader<?> open = reader; // null before it is open, and when it has ended
        if (open != null) {
            return open.reading();
        }
        return kept != null && kept.isOpening()
                ? SubscriptionStats.State.WAITING_FOR_STORE
                : SubscriptionStats.State.OPENING;
    }

    @Override
    public long violations() {
        EventReader<?> open = reader;
        return open == null ? 0 : open.state().violations();
    }

    public SubscriptionStats stats() {
        return stats;
    }

    /** It has ended here. */
    void ended(Ended.Reason reason, CursorToken last, @Nullable Throwable cause) {
        stats.ended(reason);
        token = () -> last; // and no feed is kept
        reader = null;
        hasEnded = true;
        Runnable over = () -> executor.execute(() -> {
            ready.completeExceptionally(new IllegalStateException(
                    "The subscription to topic " + topic + " ended before it was ready: " + reason, cause));
            ended.complete(reason);
        });
        if (kept == null) {
            over.run();
        } else {
            kept.end(last, over);
        }
    }

    @Override
    public @Nullable NamedStatus named() {
        return kept == null ? null : kept.status();
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
        return token.get();
    }

    @Override
    public void pause() {
        paused = true;
    }

    @Override
    public void resume() {
        paused = false;
        Controls controlled = controls;
        if (controlled != null && !hasEnded()) {
            controlled.resumed();
        }
    }

    @Override
    public boolean isPaused() {
        return paused;
    }

    @Override
    public Lag lag() {
        EventReader<?> open = reader;
        return open == null ? Lag.NONE : open.lag();
    }

    @Override
    public CompletionStage<Ended.Reason> cancel() {
        cancelled = true;
        Controls controlled = controls;
        if (controlled != null && !hasEnded()) {
            controlled.cancelled();
        }
        return whenEnded();
    }

    @Override
    public CompletionStage<Ended.Reason> whenEnded() {
        return ended.copy(); // who completes it completes no other
    }
}
