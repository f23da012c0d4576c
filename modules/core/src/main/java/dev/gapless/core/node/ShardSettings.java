package dev.gapless.core.node;

import dev.gapless.core.TopicSettings;
import dev.gapless.core.consumer.FeedConsumer;
import dev.gapless.core.delivery.ConsumerFactory;
import dev.gapless.core.log.Gate;
import dev.gapless.core.topic.PlacesConsumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What a shard needs of its process.
 *
 * @param uid Pekko's number of this incarnation of the node
 * @param topics the settings of a topic, by its name
 * @param logs where it finds the logs of its topics
 * @param gate that of all these logs, and of no other shard's; the shard opens it once the node is up
 * @param sessions gives a higher number at each call, for all shards of this process
 * @param jitter for what is spread at random
 * @param consumers of how many topics the node may have consumers, in all its shards
 * @param factory makes them
 */
public record ShardSettings(
        long uid,
        Function<String, TopicSettings> topics,
        LogSource logs,
        Gate gate,
        LongSupplier sessions,
        RandomGenerator jitter,
        Quota consumers,
        ConsumerFactory factory) {
    /** Reads the system property {@code gapless.consumers}: with "places" each producer of a topic is read by itself; else all are merged into one feed. */
    public static boolean isByPlaces() {
        return "places".equals(System.getProperty("gapless.consumers"));
    }

    /** With the consumers that {@link #isByPlaces} says. */
    public ShardSettings(
            long uid,
            Function<String, TopicSettings> topics,
            LogSource logs,
            Gate gate,
            LongSupplier sessions,
            RandomGenerator jitter,
            Quota consumers) {
        this(
                uid,
                topics,
                logs,
                gate,
                sessions,
                jitter,
                consumers,
                isByPlaces() ? PlacesConsumer::new : FeedConsumer::new);
    }
}
