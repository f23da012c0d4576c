package dev.gapless.internal.measure;

import dev.gapless.Ended;
import dev.gapless.NodeStatus.Totals;
import dev.gapless.core.Reason;
import dev.gapless.core.delivery.ConsumerMeasures;
import dev.gapless.core.wire.Batch;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One topic of this node, as whoever takes part in it counts: in numbers of its own, or in those of all that have none. Which of both is
 * decided anew from time to time. Thread-safe.
 */
public final class TopicMeasure implements SubscriptionStats.Totals {
    /** Of topics that no node counts. */
    public static final TopicMeasure NONE = new TopicMeasure("none", TopicStats.NONE);

    private final String topic;
    private volatile TopicStats shown;
    /** Written by the topic's shard alone. */
    private final AtomicLong received = new AtomicLong();

    /** Told to subscriptions of all time. */
    private final LongAdder expired = new LongAdder();

    private final LongAdder missed = new LongAdder();

    // Guarded by this.
    /** By producers that have gone. */
    private long publishedBefore;
    /** To subscriptions that have ended. */
    private long deliveredBefore;

    private TopicStats.@Nullable Publishing producer;
    private @Nullable ConsumerMeasures consumer;
    private Set<SubscriptionStats> subscriptions = Set.of();
    private Set<TopicStats.Kept> tables = Set.of();

    // For NodeStats alone.
    private long seenTraffic;
    private double weight;
    private boolean seenUnused;

    /** @param shown where it counts until that is changed */
    TopicMeasure(String topic, TopicStats shown) {
        this.topic = topic;
        this.shown = shown;
    }

    String topic() {
        return topic;
    }

    // ------------------------------------------------------------------ what happens

    @Override
    public void add(Count what, long more) {
        if (what == Count.MISSED_MESSAGES) {
            missed.add(more);
        }
        shown.add(what, more);
    }

    public void sent(Batch batch) {
        shown.sent(batch);
    }

    public void received(Batch batch) {
        received.lazySet(received.getPlain() + batch.count());
        shown.received(batch);
    }

    public void refused(Refusal why) {
        shown.refused(why);
    }

    public void cursorExpired(Reason reason) {
        shown.cursorExpired(reason);
    }

    @Override
    public void subscriptionExpired(Reason reason) {
        expired.increment();
        shown.subscriptionExpired(reason);
    }

    @Override
    public boolean timesHandlers() {
        return shown.timesHandlers();
    }

    // ------------------------------------------------------------------ who takes part

    public synchronized void add(TopicStats.Publishing added) {
        producer = added;
        shown.add(added);
    }

    public synchronized void remove(TopicStats.Publishing removed) {
        if (producer == removed) {
            publishedBefore += removed.log().publishedMessages();
            producer = null;
        }
        shown.remove(removed);
    }

    public synchronized void add(ConsumerMeasures added) {
        consumer = added;
        shown.add(added);
    }

    public synchronized void remove(ConsumerMeasures removed) {
        if (consumer == removed) {
            consumer = null;
        }
        shown.remove(removed);
    }

    public synchronized void add(TopicStats.Kept table) {
        if (tables.isEmpty()) {
            tables = new HashSet<>();
        }
        tables.add(table);
        shown.add(table);
    }

    public synchronized void remove(TopicStats.Kept table) {
        if (!tables.isEmpty()) {
            tables.remove(table);
        }
        shown.remove(table);
    }

    @Override
    public synchronized void add(SubscriptionStats subscription) {
        if (subscriptions.isEmpty()) {
            subscriptions = new HashSet<>();
        }
        subscriptions.add(subscription);
        shown.add(subscription);
    }

    @Override
    public synchronized void ended(SubscriptionStats subscription, Ended.Reason reason) {
        if (!subscriptions.isEmpty() && subscriptions.remove(subscription)) {
            deliveredBefore += subscription.deliveries();
        }
        shown.ended(subscription, reason);
    }

    /** What was counted since it began, wherever it counts. */
    synchronized Totals totals() {
        long published =
                publishedBefore + (producer == null ? 0 : producer.log().publishedMessages());
        long delivered = deliveredBefore;
        for (SubscriptionStats subscription : subscriptions) {
            delivered += subscription.deliveries();
        }
        return new Totals(published, delivered, expired.sum(), missed.sum());
    }

    // ------------------------------------------------------------------ where it counts; for NodeStats

    TopicStats shown() {
        return shown;
    }

    /** From now on it counts there. What was counted stays where it was: no counter falls, or jumps. */
    synchronized void count(TopicStats in) {
        TopicStats before = shown;
        shown = in;
        TopicStats.Publishing published = producer;
        if (published != null) {
            in.take(published, before);
        }
        ConsumerMeasures consuming = consumer;
        if (consuming != null) {
            before.remove(consuming);
            in.add(consuming);
        }
        subscriptions.forEach(subscription -> in.take(subscription, before));
        tables.forEach(table -> {
            before.remove(table);
            in.add(table);
        });
    }

    /** Nobody takes part now, nor did at the last look. */
    synchronized boolean isUnusedAgain() {
        boolean unused = producer == null && consumer == null && subscriptions.isEmpty() && tables.isEmpty();
        boolean again = unused && seenUnused;
        seenUnused = unused;
        return again;
    }

    /** {@return the messages that were published here and received since the last look, with this part of what was before} */
    double weigh(double kept) {
        long traffic = received.get();
        synchronized (this) {
            traffic += producer == null ? 0 : producer.log().publishedMessages();
        }
        weight = weight * kept + Math.max(0, traffic - seenTraffic);
        seenTraffic = traffic;
        return weight;
    }

    double weight() {
        return weight;
    }
}
