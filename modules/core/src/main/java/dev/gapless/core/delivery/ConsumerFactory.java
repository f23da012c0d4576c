package dev.gapless.core.delivery;

import dev.gapless.core.TopicSettings;
import dev.gapless.core.effect.Outbox;

/** Makes the consumers of a shard's topics. */
@FunctionalInterface
public interface ConsumerFactory {
    /**
     * A consumer without a subscription.
     *
     * @param uid this node's incarnation
     * @param times of its shard
     */
    TopicConsumer make(String topic, long uid, TopicSettings settings, ResponseTimes times, Outbox outbox);
}
