package dev.gapless.internal.node;

import dev.gapless.NodeStatus.ConsumerStatus;
import dev.gapless.NodeStatus.SubscriptionStatus;
import dev.gapless.core.Reason;
import dev.gapless.core.TopicSettings;
import dev.gapless.internal.measure.NodeStats;
import dev.gapless.internal.shard.ServedTopic;
import dev.gapless.internal.time.Clock;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Puts the subscriptions that wait for their store into a node's status: no shard has them yet. Thread-safe. */
final class WaitingForStore {
    private final NodeStats stats;
    private final Function<String, TopicSettings> settings;

    WaitingForStore(NodeStats stats, Function<String, TopicSettings> settings) {
        this.stats = stats;
        this.settings = settings;
    }

    /** Adds them to what the shards have said, by topic. They come first: each reads nothing. */
    void addTo(Map<String, ConsumerStatus> consumers) {
        stats.waitingForStore(Clock.nowNs())
                .forEach((topic, waiting) -> consumers.compute(topic, (name, open) -> with(waiting, name, open)));
    }

    private ConsumerStatus with(List<SubscriptionStatus> waiting, String topic, @Nullable ConsumerStatus open) {
        ConsumerStatus consumer = open == null ? nothing(settings.apply(topic)) : open;
        List<SubscriptionStatus> subscriptions = Stream.concat(
                        waiting.stream().sorted(Comparator.comparing(SubscriptionStatus::id)),
                        consumer.subscriptions().stream())
                .limit(ServedTopic.MAX_REPORTED)
                .toList();
        return new ConsumerStatus(
                consumer.registrations(),
                consumer.registeredAgain(),
                consumer.messages(),
                consumer.maxMessages(),
                consumer.bytes(),
                consumer.maxBytes(),
                consumer.subscriptionCount() + waiting.size(),
                subscriptions,
                consumer.expiries());
    }

    /** Of a topic that this node does not read yet. */
    private static ConsumerStatus nothing(TopicSettings settings) {
        Map<Reason, Long> expiries = new EnumMap<>(Reason.class);
        for (Reason reason : Reason.values()) {
            expiries.put(reason, 0L);
        }
        return new ConsumerStatus(
                List.of(), 0, 0, settings.mostInFeed(), 0, settings.mostBytesInFeed(), 0, List.of(), expiries);
    }
}
