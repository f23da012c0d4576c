package dev.gapless.internal.measure;

import dev.gapless.Ended;
import dev.gapless.core.Reason;
import dev.gapless.core.delivery.ConsumerMeasures;
import dev.gapless.internal.measure.TopicStats.Publishing;
import dev.gapless.internal.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** What can be measured of a topic, and of a node, in the words of monitoring systems, without any of their classes. */
public final class Meters {
    /** What kind of number it is. */
    public enum Kind {
        /** It only rises. */
        COUNTER,
        /** It rises and falls. */
        GAUGE,
        /** A gauge of nanoseconds. */
        DURATION,
        /** How often something took place, and how many nanoseconds that took in all. */
        TIMER
    }

    /**
     * A tag beside the topic.
     *
     * @param value one of a fixed set
     */
    public record Tag(String key, String value) {}

    /**
     * One meter of each topic.
     *
     * @param name with dots
     * @param unit of what is counted, or null for plain numbers and for times
     * @param value the number, or of a timer the nanoseconds
     * @param times of a timer how often; else null
     */
    public record Meter(
            Kind kind,
            String name,
            @Nullable String unit,
            @Nullable Tag tag,
            String description,
            ToLongFunction<TopicStats> value,
            @Nullable ToLongFunction<TopicStats> times) {}

    /**
     * A gauge of the node, without a topic.
     *
     * @param name with dots
     */
    public record NodeMeter(String name, String description, ToLongFunction<NodeStats> value) {}

    private static final String MESSAGES = "messages";
    private static final String BYTES = "bytes";
    private static final String REASON = "reason";
    private static final String RING = "ring";

    private final List<Meter> all = new ArrayList<>();

    private Meters() {
        publishing();
        stores();
        rings();
        producing();
        consuming();
        subscriptions();
        handlers();
        reloads();
        tables();
    }

    /** Those of the node. */
    public static List<NodeMeter> ofNode() {
        return List.of(new NodeMeter(
                "gapless.other.clusters",
                "Other clusters with the same id that this node sees",
                NodeStats::otherClusters));
    }

    /** All of a topic. */
    public static List<Meter> all() {
        return List.copyOf(new Meters().all);
    }

    private void publishing() {
        counter("gapless.published.messages", MESSAGES, "Messages that were accepted", Count.PUBLISHED_MESSAGES);
        counter(
                "gapless.published.bytes",
                BYTES,
                "Size of the accepted messages, with keys and headers",
                Count.PUBLISHED_BYTES);
        counters(
                "gapless.publish.refused",
                "Publishes that failed",
                Refusal.values(),
                reason -> stats -> stats.refusals(reason));
        gauge("gapless.publish.waiting", null, "Publishes that wait for room", Meters::waiting);
    }

    private static long waiting(TopicStats stats) {
        return stats.ofProducers(producer -> producer.log().waiting());
    }

    private void stores() {
        timer(
                "gapless.store.write.time",
                "Writes to the store of a durable topic that were answered",
                Count.STORE_WRITES_NS,
                Count.STORE_WRITES);
        counter(
                "gapless.store.failures",
                null,
                "Requests to the store of a durable topic that failed, or may have",
                Count.STORE_FAILURES);
        duration(
                "gapless.store.failing",
                "For how long the store of a durable topic has been of no use",
                stats -> stats.storeFailingNs(Clock.nowMs()));
    }

    private void rings() {
        ring(
                "gapless.ring.messages",
                MESSAGES,
                "Entries of the ring",
                producer -> producer.log().size(),
                ConsumerMeasures::cacheMessages);
        ring(
                "gapless.ring.bytes",
                BYTES,
                "Bytes of the ring",
                producer -> producer.log().bytes(),
                ConsumerMeasures::cacheBytes);
        ring(
                "gapless.ring.max.messages",
                MESSAGES,
                "Entries that the ring may have",
                producer -> producer.settings().bufferMessages(),
                ConsumerMeasures::maxCacheMessages);
        ring(
                "gapless.ring.max.bytes",
                BYTES,
                "Bytes that the ring may have",
                producer -> producer.log().maxBytes(),
                ConsumerMeasures::maxCacheBytes);
    }

    private void ring(
            String name,
            String unit,
            String description,
            ToLongFunction<Publishing> log,
            ToLongFunction<ConsumerMeasures> feed) {
        add(Kind.GAUGE, name, unit, new Tag(RING, "log"), description, stats -> stats.ofProducers(log));
        add(Kind.GAUGE, name, unit, new Tag(RING, "feed"), description, stats -> stats.ofConsumers(feed));
    }

    private void producing() {
        gauge("gapless.cursors", null, "Readers of this node's log", stats -> stats.ofProducers(Publishing::cursors));
        gauge(
                "gapless.cursor.lag",
                MESSAGES,
                "Messages that the last reader has not acknowledged",
                TopicStats::cursorLag);
        counters(
                "gapless.cursor.expiries",
                "Readers of this node's log that were told that they missed something",
                Reason.values(),
                reason -> stats -> stats.cursorExpiries(reason));
        counter("gapless.sent.batches", "batches", "Batches sent to readers", Count.SENT_BATCHES);
        counter("gapless.sent.messages", MESSAGES, "Messages sent to readers", Count.SENT_MESSAGES);
        counter(
                "gapless.sent.bytes",
                BYTES,
                "Size of the messages sent to readers, with keys and headers",
                Count.SENT_BYTES);
    }

    private void consuming() {
        counter("gapless.received.batches", "batches", "Batches that came from producers", Count.RECEIVED_BATCHES);
        counter("gapless.received.messages", MESSAGES, "Messages that came from producers", Count.RECEIVED_MESSAGES);
        counter(
                "gapless.received.bytes",
                BYTES,
                "Size of the messages that came from producers, with keys and headers",
                Count.RECEIVED_BYTES);
        counter("gapless.reregistrations", null, "Registrations that had to be made again", Count.REREGISTRATIONS);
    }

    private void subscriptions() {
        for (SubscriptionStats.State state : SubscriptionStats.State.values()) {
            Tag tag = new Tag("state", state.text());
            add(
                    Kind.GAUGE,
                    "gapless.subscriptions",
                    null,
                    tag,
                    "Subscriptions on this node",
                    stats -> stats.subscriptions(state));
        }
        counters(
                "gapless.subscriptions.ended",
                "Subscriptions that have ended",
                Ended.Reason.values(),
                reason -> stats -> stats.ended(reason));
        gauge(
                "gapless.subscription.lag",
                MESSAGES,
                "Messages that the last subscription has not dealt with",
                stats -> stats.mostOfSubscriptions(
                        subscription -> subscription.lag().messages()));
        duration(
                "gapless.subscription.lag.age",
                "Age of the oldest message that a subscription has not dealt with",
                stats -> stats.mostOfSubscriptions(
                        subscription -> subscription.lag().age().toNanos()));
        duration(
                "gapless.subscription.token.failing",
                "For how long the token of a named subscription could not be stored",
                stats -> stats.mostOfSubscriptions(subscription -> subscription.unstoredNs(Clock.nowMs())));
        counter("gapless.delivered.messages", MESSAGES, "Messages given to subscriptions", Count.DELIVERED);
        counter("gapless.undecodable.messages", MESSAGES, "Messages that could not be deserialized", Count.UNDECODABLE);
        counter(
                "gapless.wrong.class.messages",
                MESSAGES,
                "Messages that subscriptions left out, since they are of another class than the topic's",
                Count.WRONG_CLASS);
        counters(
                "gapless.subscription.expiries",
                "Gaps that subscriptions were told",
                Reason.values(),
                reason -> stats -> stats.subscriptionExpiries(reason));
        counter(
                "gapless.missed.messages",
                MESSAGES,
                "Messages in the gaps that subscriptions were told, where their number is known",
                Count.MISSED_MESSAGES);
        counter(
                "gapless.claimed.messages",
                MESSAGES,
                "Messages that clients missed behind a place that they named themselves, by their own account",
                Count.CLAIMED_MESSAGES);
        counter(
                "gapless.order.violations",
                null,
                "Messages that did not follow what their subscription had: a defect of Gapless",
                Count.ORDER_VIOLATIONS);
    }

    private void handlers() {
        timer(
                "gapless.handler.time",
                "From giving a message to a subscription until that is done with it",
                Count.HANDLED_NS,
                Count.HANDLED);
        counter("gapless.handler.failures", null, "Messages at which a handler failed", Count.HANDLER_FAILURES);
        duration(
                "gapless.handler.longest",
                "For how long a subscription has been at the same event",
                stats -> stats.mostOfSubscriptions(subscription -> subscription.holdingNs(Clock.nowNs())));
    }

    private void reloads() {
        timer("gapless.reload.time", "Reloads that have ended, failed ones too", Count.RELOADS_NS, Count.RELOADS);
        counter("gapless.reload.failures", null, "Reloads that failed, and are tried again", Count.RELOAD_FAILURES);
        duration(
                "gapless.reload.longest",
                "For how long a subscription has been reloading, failed attempts included",
                stats -> stats.mostOfSubscriptions(subscription -> subscription.reloadingNs(Clock.nowNs())));
    }

    private void tables() {
        gauge("gapless.table.rows", "rows", "Rows of this node's tables", TopicStats::rows);
        duration(
                "gapless.table.stale",
                "For how long a table has missed something, or has not been loaded",
                TopicStats::tableStaleNs);
        timer(
                "gapless.table.read.time",
                "Reads of tables' sources that have ended, failed ones too",
                Count.TABLE_READS_NS,
                Count.TABLE_READS);
        counter(
                "gapless.table.read.failures",
                null,
                "Reads of tables' sources that failed, and are tried again",
                Count.TABLE_READ_FAILURES);
    }

    // ------------------------------------------------------------------

    private void counter(String name, @Nullable String unit, String description, Count count) {
        add(Kind.COUNTER, name, unit, null, description, stats -> stats.count(count));
    }

    private <E extends Enum<E>> void counters(
            String name, String description, E[] reasons, Function<E, ToLongFunction<TopicStats>> value) {
        for (E reason : reasons) {
            Tag tag = new Tag(REASON, reason.name().toLowerCase(Locale.ROOT));
            add(Kind.COUNTER, name, null, tag, description, value.apply(reason));
        }
    }

    private void gauge(String name, @Nullable String unit, String description, ToLongFunction<TopicStats> value) {
        add(Kind.GAUGE, name, unit, null, description, value);
    }

    private void duration(String name, String description, ToLongFunction<TopicStats> value) {
        add(Kind.DURATION, name, null, null, description, value);
    }

    private void timer(String name, String description, Count nanos, Count times) {
        all.add(new Meter(
                Kind.TIMER, name, null, null, description, stats -> stats.count(nanos), stats -> stats.count(times)));
    }

    private void add(
            Kind kind,
            String name,
            @Nullable String unit,
            @Nullable Tag tag,
            String description,
            ToLongFunction<TopicStats> value) {
        all.add(new Meter(kind, name, unit, tag, description, value, null));
    }
}
