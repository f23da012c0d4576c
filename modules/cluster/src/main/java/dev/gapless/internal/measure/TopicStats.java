package dev.gapless.internal.measure;

import dev.gapless.Ended;
import dev.gapless.core.Reason;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.delivery.ConsumerMeasures;
import dev.gapless.core.log.Log;
import dev.gapless.core.log.Slice;
import dev.gapless.core.producer.StoreStatus;
import dev.gapless.core.wire.Batch;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of one topic on this node, or of all topics that have none of their own. What rises is counted here when it happens, but
 * for what happens with each message: that the logs and the subscriptions count, and leave here when they go. Everything else is looked
 * up where it lives when somebody asks. Thread-safe.
 */
public final class TopicStats {
    /** A log on this node, as far as it is measured. Thread-safe. */
    public interface Publishing {
        Log log();

        TopicSettings settings();

        /** How many there are. */
        int cursors();

        /** How many messages the last of the cursors has not acknowledged. */
        long lag();

        /** How its store does; null if it has none. */
        @Nullable StoreStatus store();
    }

    /** A table on this node, as far as it is measured. Thread-safe. */
    public interface Kept {
        /** How many it has. */
        long rows();

        /** For how long it has missed something, or not been loaded, in nanoseconds; 0 if it has everything. */
        long staleNs();
    }

    /** For those that no node counts. */
    public static final TopicStats NONE = new TopicStats("none", () -> false);

    private final String topic;
    private final BooleanSupplier timing;
    private final Counters<Count> counts = new Counters<>(Count.class);
    private final Counters<Refusal> refused = new Counters<>(Refusal.class);
    private final Counters<Reason> cursorExpiries = new Counters<>(Reason.class);
    private final Counters<Reason> subscriptionExpiries = new Counters<>(Reason.class);
    private final Counters<Ended.Reason> ended = new Counters<>(Ended.Reason.class);
    private final Set<Publishing> producers = ConcurrentHashMap.newKeySet();
    private final Set<ConsumerMeasures> consumers = ConcurrentHashMap.newKeySet();
    private final Set<Kept> tables = ConcurrentHashMap.newKeySet();
    private final Set<SubscriptionStats> subscriptions = ConcurrentHashMap.newKeySet();

    /** Of which topic; does anybody want to know how long handlers take? */
    TopicStats(String topic, BooleanSupplier timing) {
        this.topic = topic;
        this.timing = timing;
    }

    /** Its name, or that of all that have no numbers of their own. */
    public String topic() {
        return topic;
    }

    boolean timesHandlers() {
        return timing.getAsBoolean();
    }

    // ------------------------------------------------------------------ what happens

    void add(Count what, long more) {
        counts.add(what, more);
    }

    void sent(Batch batch) {
        counts.add(Count.SENT_BATCHES, 1);
        counts.add(Count.SENT_MESSAGES, batch.count());
        counts.add(Count.SENT_BYTES, bytesOf(batch));
    }

    void received(Batch batch) {
        counts.add(Count.RECEIVED_BATCHES, 1);
        counts.add(Count.RECEIVED_MESSAGES, batch.count());
        counts.add(Count.RECEIVED_BYTES, bytesOf(batch));
    }

    private static long bytesOf(Batch batch) {
        long bytes = 0;
        for (Slice slice : batch.slices()) {
            bytes += slice.length();
        }
        return bytes;
    }

    void refused(Refusal why) {
        refused.add(why, 1);
    }

    void cursorExpired(Reason reason) {
        cursorExpiries.add(reason, 1);
    }

    void subscriptionExpired(Reason reason) {
        subscriptionExpiries.add(reason, 1);
    }

    void add(Publishing producer) {
        producers.add(producer);
    }

    /** What it published stays counted. */
    void remove(Publishing producer) {
        synchronized (producers) {
            if (producers.remove(producer)) {
                counts.add(Count.PUBLISHED_MESSAGES, producer.log().publishedMessages());
                counts.add(Count.PUBLISHED_BYTES, producer.log().publishedBytes());
            }
        }
    }

    void add(ConsumerMeasures consumer) {
        consumers.add(consumer);
    }

    void remove(ConsumerMeasures consumer) {
        consumers.remove(consumer);
    }

    void add(Kept table) {
        tables.add(table);
    }

    void remove(Kept table) {
        tables.remove(table);
    }

    void add(SubscriptionStats subscription) {
        subscriptions.add(subscription);
    }

    void ended(SubscriptionStats subscription, Ended.Reason reason) {
        synchronized (subscriptions) {
            if (subscriptions.remove(subscription)) {
                ended.add(reason, 1);
                counts.add(Count.DELIVERED, subscription.deliveries());
            }
        }
    }

    /** It counts here from now on, and no longer there, where what it published stays counted. */
    void take(Publishing producer, TopicStats from) {
        synchronized (from.producers) {
            synchronized (producers) {
                if (from.producers.remove(producer)) {
                    long messages = producer.log().publishedMessages();
                    long bytes = producer.log().publishedBytes();
                    from.counts.add(Count.PUBLISHED_MESSAGES, messages);
                    from.counts.add(Count.PUBLISHED_BYTES, bytes);
                    counts.add(Count.PUBLISHED_MESSAGES, -messages);
                    counts.add(Count.PUBLISHED_BYTES, -bytes);
                    producers.add(producer);
                }
            }
        }
    }

    /** Likewise; what it was given stays counted there. */
    void take(SubscriptionStats subscription, TopicStats from) {
        synchronized (from.subscriptions) {
            synchronized (subscriptions) {
                if (from.subscriptions.remove(subscription)) {
                    long delivered = subscription.deliveries();
                    from.counts.add(Count.DELIVERED, delivered);
                    counts.add(Count.DELIVERED, -delivered);
                    subscriptions.add(subscription);
                }
            }
        }
    }

    // ------------------------------------------------------------------ what there is

    long count(Count what) {
        return switch (what) {
            case PUBLISHED_MESSAGES -> published(what, Log::publishedMessages);
            case PUBLISHED_BYTES -> published(what, Log::publishedBytes);
            case DELIVERED -> {
                synchronized (subscriptions) {
                    yield counts.get(what) + sum(subscriptions, SubscriptionStats::deliveries);
                }
            }
            default -> counts.get(what);
        };
    }

    private long published(Count what, ToLongFunction<Log> ofLog) {
        synchronized (producers) {
            return counts.get(what) + sum(producers, producer -> ofLog.applyAsLong(producer.log()));
        }
    }

    long refusals(Refusal why) {
        return refused.get(why);
    }

    long cursorExpiries(Reason reason) {
        return cursorExpiries.get(reason);
    }

    long subscriptionExpiries(Reason reason) {
        return subscriptionExpiries.get(reason);
    }

    long ended(Ended.Reason reason) {
        return ended.get(reason);
    }

    /** A sum over the producers. */
    long ofProducers(ToLongFunction<Publishing> number) {
        return sum(producers, number);
    }

    /** How far the last of all cursors is behind. */
    long cursorLag() {
        return max(producers, Publishing::lag);
    }

    /** For how long a log's store has been of no use, in nanoseconds; 0 if all are. */
    long storeFailingNs(long nowMs) {
        return max(producers, producer -> {
            StoreStatus store = producer.store();
            if (store == null || !store.hasFailed()) {
                return 0;
            }
            return Math.max(1, nowMs - store.sinceMs()) * 1_000_000;
        });
    }

    /** A sum over the consumers. */
    public long ofConsumers(ToLongFunction<ConsumerMeasures> number) {
        return sum(consumers, number);
    }

    /** How many rows the tables have. */
    long rows() {
        return sum(tables, Kept::rows);
    }

    /** For how long the table has been stale that has been for longest, in nanoseconds. */
    long tableStaleNs() {
        return max(tables, Kept::staleNs);
    }

    public Set<SubscriptionStats> subscriptions() {
        return subscriptions;
    }

    public long subscriptions(SubscriptionStats.State state) {
        return sum(subscriptions, subscription -> subscription.state() == state ? 1 : 0);
    }

    /** The greatest of the subscriptions' numbers, 0 if there is none. */
    long mostOfSubscriptions(ToLongFunction<SubscriptionStats> number) {
        return max(subscriptions, number);
    }

    private static <P> long sum(Collection<P> parts, ToLongFunction<P> number) {
        long sum = 0;
        for (P part : parts) {
            sum += number.applyAsLong(part);
        }
        return sum;
    }

    private static <P> long max(Collection<P> parts, ToLongFunction<P> number) {
        long max = 0;
        for (P part : parts) {
            max = Math.max(max, number.applyAsLong(part));
        }
        return max;
    }
}
