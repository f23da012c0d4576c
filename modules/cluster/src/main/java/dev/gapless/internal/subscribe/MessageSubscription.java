package dev.gapless.internal.subscribe;

import dev.gapless.Ended;
import dev.gapless.Lag;
import dev.gapless.core.delivery.SubscriptionState;
import dev.gapless.internal.measure.SubscriptionStats;
import dev.gapless.internal.measure.TopicMeasure;
import dev.gapless.internal.time.Clock;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A subscription that is read message by message. What happens to it is kept here, and whoever reads it is woken to look: nothing is
 * queued. Thread-safe; its {@link #reader} is for one thread at a time.
 */
public final class MessageSubscription implements SubscriptionListener, SubscriptionStats.Subscribing {
    private final String topic;
    private final long id;
    private final String client;
    private final Claims claims;
    private final boolean concernsOthers;
    private final SubscriptionHost host;
    private final String clusterId;
    private final Filter filter;
    private final Runnable wake;
    private final SubscriptionStats stats = new SubscriptionStats(this, TopicMeasure.NONE);
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile @Nullable MessageReader reader;
    private volatile @Nullable Set<String> silent;
    private volatile @Nullable End end;
    private volatile boolean paused;

    /** Why it has ended, without having been closed. */
    public record End(Ended.Reason reason, @Nullable Throwable cause) {}

    /**
     * @param client whose it is, for people
     * @param claims what that says of where it was
     * @param concernsOthers whether what it misses is more than one client's concern
     */
    public MessageSubscription(
            String topic,
            long id,
            String client,
            Claims claims,
            boolean concernsOthers,
            SubscriptionHost host,
            String clusterId,
            Filter filter,
            Runnable wake) {
        this.topic = topic;
        this.id = id;
        this.client = client;
        this.claims = claims;
        this.concernsOthers = concernsOthers;
        this.host = host;
        this.clusterId = clusterId;
        this.filter = filter;
        this.wake = wake;
    }

    // ------------------------------------------------------------------ for whoever reads it

    /** Its number on this node. */
    public long id() {
        return id;
    }

    /** Reads it; null before it is open, and when it has ended. */
    public @Nullable MessageReader reader() {
        return reader;
    }

    /** The members that it does without; null before it is ready. */
    public @Nullable Set<String> silent() {
        return silent;
    }

    /** Null unless it has ended by itself. */
    public @Nullable End end() {
        return end;
    }

    /** For people: whoever reads it does not, for the time being. */
    public void paused(boolean is) {
        paused = is;
    }

    /** It is not read any more. Repeating it is harmless. */
    public void close() {
        if (closed.compareAndSet(false, true)) {
            host.closeSubscription(topic, id);
            End ended = end;
            stats.ended(ended == null ? Ended.Reason.CANCELLED : ended.reason());
            reader = null;
        }
    }

    // ------------------------------------------------------------------ for the consumer's shard

    @Override
    public SubscriptionStats stats() {
        return stats;
    }

    @Override
    public void opened(SubscriptionState state, Feedback.Sink feedback) {
        SubscriptionState read = concernsOthers ? state : state.telling();
        MessageReader opened =
                new MessageReader(topic, id, client, claims, read, feedback, filter, clusterId, Clock.SYSTEM);
        opened.countIn(stats);
        if (!closed.get()) {
            reader = opened;
        }
        wake.run();
    }

    @Override
    public void wake() {
        wake.run();
    }

    @Override
    public void ready(Set<String> without) {
        silent = without;
        wake.run();
    }

    @Override
    public void shutdown() {
        end(new End(Ended.Reason.SHUTDOWN, null));
    }

    @Override
    public void refused(RuntimeException cause) {
        end(new End(Ended.Reason.FAILED, cause));
    }

    private void end(End how) {
        end = how;
        wake.run();
    }

    // ------------------------------------------------------------------ for those who measure

    @Override
    public String topic() {
        return topic;
    }

    @Override
    public SubscriptionStats.State reading() {
        MessageReader open = reader;
        return open == null ? SubscriptionStats.State.OPENING : open.reading();
    }

    @Override
    public boolean isPaused() {
        return paused;
    }

    @Override
    public Lag lag() {
        MessageReader open = reader;
        return open == null ? Lag.NONE : open.lag();
    }

    @Override
    public long violations() {
        MessageReader open = reader;
        return open == null ? 0 : open.state().violations();
    }
}
