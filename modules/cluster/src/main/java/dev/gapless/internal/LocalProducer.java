package dev.gapless.internal;

import dev.gapless.ProducerClosed;
import dev.gapless.PublishTimeout;
import dev.gapless.TooManyPending;
import dev.gapless.core.Position;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Admission;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Log;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A topic's log on this node, and the way into it: publishing threads append, and wake the producer's actor unless it is
 * awake. Thread-safe.
 */
final class LocalProducer {
    final String topic;
    final Log log;
    final TopicSettings settings;
    private final Executor executor;
    private final Clock clock;
    private final Wakeup wakeup = new Wakeup();
    private volatile @Nullable Runnable actor;

    LocalProducer(String topic, Log log, TopicSettings settings, Executor executor, Clock clock) {
        this.topic = topic;
        this.log = log;
        this.settings = settings;
        this.executor = executor;
        this.clock = clock;
    }

    /** The actor runs, and has yet to look at the log; {@code tell} tells it to. */
    void started(Runnable tell) {
        actor = tell;
        wake();
    }

    /** The actor has been told to look at the log, and does; what is appended from now on wakes it again. */
    void look(Runnable look) {
        wakeup.arrived();
        look.run();
    }

    CompletableFuture<Position> publish(Content content) {
        CompletableFuture<Position> position = new CompletableFuture<>();
        Admission admission = log.publish(
                content, clock.ms(), clock.ns(), outcome -> executor.execute(() -> settle(position, outcome)));
        if (!(admission instanceof Admission.Waiting)) {
            settle(position, admission);
        }
        wake();
        return position;
    }

    private void wake() {
        Runnable tell = actor;
        if (tell != null && wakeup.claim()) {
            tell.run();
        }
    }

    private void settle(CompletableFuture<Position> position, Admission outcome) {
        if (outcome instanceof Admission.Accepted accepted) {
            position.complete(accepted.position());
        } else if (outcome instanceof Admission.Closed) {
            position.completeExceptionally(new ProducerClosed(
                    "Topic " + topic + ": this node is shutting down, and takes no more messages", null));
        } else if (outcome instanceof Admission.TooMany tooMany) {
            position.completeExceptionally(new TooManyPending(
                    "Topic " + topic + ": " + tooMany.limit()
                            + " publishes wait for room already (gapless.max-pending-publishes). Await the stages that publish"
                            + " returns, or let the ring overwrite what consumers have not got (gapless.overflow = expire)",
                    null));
        } else if (outcome instanceof Admission.TimedOut) {
            position.completeExceptionally(new PublishTimeout(
                    "Topic " + topic
                            + ": no room in the ring within gapless.backpressure-timeout; `gapless status` tells"
                            + " which consumer lags",
                    null));
        }
    }
}
