package dev.gapless;

import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one node says of itself.
 *
 * <pre>{@code
 * gapless.status(Duration.ofSeconds(2)).thenAccept(nodes -> {
 *     for (NodeStatus node : nodes) {
 *         node.topics().forEach(topic -> log.info("{}: {}", node.node(), topic));
 *     }
 * });
 * }</pre>
 *
 * @param node its name
 * @param address host and port
 * @param topics its producers and consumers, by topic, in the names' order
 * @param truncated true if there were too many topics to tell of all
 */
public record NodeStatus(String node, String address, List<TopicStatus> topics, boolean truncated) {

    /**
     * One topic on one node.
     *
     * @param topic its name
     * @param producer null if it never was produced or registered for here
     * @param consumer null if nobody subscribes here
     */
    public record TopicStatus(
            String topic,
            @Nullable ProducerStatus producer,
            @Nullable ConsumerStatus consumer) {}

    /**
     * A producer and its ring.
     *
     * @param epoch identity of its ring
     * @param started when that was made
     * @param oldest the oldest sequence in the ring
     * @param head the newest sequence
     * @param messages how many messages the ring holds
     * @param maxMessages how many it may hold
     * @param bytes how many bytes it holds
     * @param maxBytes how many it may hold
     * @param waitingPublishes publishes that wait for room
     * @param cursors one for each reader
     * @param expiries how many readers were told that they missed something, by reason
     */
    public record ProducerStatus(
            Epoch epoch,
            Instant started,
            long oldest,
            long head,
            int messages,
            int maxMessages,
            long bytes,
            long maxBytes,
            int waitingPublishes,
            List<CursorStatus> cursors,
            Map<Reason, Long> expiries) {}

    /**
     * How far one reader of a producer has got.
     *
     * @param node the consuming node
     * @param reader 0 for the node's shared feed, else a catch-up reader
     * @param sent the last sequence that was sent to it
     * @param acked the last that it has acknowledged
     * @param lag how many messages it has not acknowledged
     * @param confirmed whether it has acknowledged anything since it registered
     * @param bytesInFlight how much was sent and not acknowledged
     * @param stalled whether publishers have stopped waiting for it
     */
    public record CursorStatus(
            String node,
            long reader,
            long sent,
            long acked,
            long lag,
            boolean confirmed,
            long bytesInFlight,
            boolean stalled) {}

    /**
     * A consumer and its feed.
     *
     * @param registrations one for each producing node
     * @param messages how many entries the feed holds
     * @param bytes how many bytes
     * @param subscriptions one for each subscription on this node
     * @param expiries how often the feed was told that something is missed, by reason
     */
    public record ConsumerStatus(
            List<RegistrationStatus> registrations,
            int messages,
            long bytes,
            List<SubscriptionStatus> subscriptions,
            Map<Reason, Long> expiries) {}

    /**
     * What a consumer knows of one producer.
     *
     * @param node the producing node
     * @param state unnamed, registering, live, waiting (for its return) or left
     * @param position how far the feed has got, or null
     */
    public record RegistrationStatus(
            String node, String state, @Nullable Position position) {}

    /**
     * One subscription.
     *
     * @param id its number on this node
     * @param lag how many entries of the feed it has not read
     * @param catchingUp whether it still reads the producers' rings rather than the feed
     * @param reloading whether it waits for a reload
     */
    public record SubscriptionStatus(long id, long lag, boolean catchingUp, boolean reloading) {}
}
