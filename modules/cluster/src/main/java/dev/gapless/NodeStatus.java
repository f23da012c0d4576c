package dev.gapless;

import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import java.time.Duration;
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
 * @param standsIn true if it is no such node: that one is gone, and another member gives its readers what it has stored
 * @param topics its producers, consumers and tables, by topic, in the names' order
 * @param truncated true if there were too many topics to tell of all
 * @param otherClusters those with this one's id that this node sees: none, unless it is the oldest member and something went wrong
 * @param totals of all topics, since this node began
 * @param losses the latest that this node knows of, at most 200: the oldest first
 */
public record NodeStatus(
        String node,
        String address,
        boolean standsIn,
        List<TopicStatus> topics,
        boolean truncated,
        List<OtherClusterStatus> otherClusters,
        Totals totals,
        List<Loss> losses) {

    /**
     * What has been counted on one node. Numbers that only rise.
     *
     * @param published messages that the node's rings accepted
     * @param delivered messages that its subscriptions were given: one counts once for each
     * @param expired gaps that its subscriptions were told of
     * @param missed messages in these gaps, where the number is known, and is not the word alone of a client outside the cluster
     */
    public record Totals(long published, long delivered, long expired, long missed) {
        /** Nothing. */
        public static final Totals NONE = new Totals(0, 0, 0, 0);

        /**
         * Both together.
         *
         * @param more the other one
         * @return the sums
         */
        public Totals plus(Totals more) {
            return new Totals(
                    published + more.published,
                    delivered + more.delivered,
                    expired + more.expired,
                    missed + more.missed);
        }
    }

    /**
     * Messages that were missed. A producer tells a node so, and that node its subscriptions: these are two losses. Subscriptions of one node
     * that missed the same are one.
     *
     * @param time when it was told last
     * @param topic of which topic
     * @param producer the producing node; null if it concerns no single one
     * @param consumer the node that missed them
     * @param subscriptions how often subscriptions of that node were told; 0 if the producer told the node
     * @param subscription the number of the last of them; 0 if the producer told the node
     * @param client whose that is, if it is of a client outside the cluster
     * @param reason why
     * @param first the first sequence that was missed; null if it is not known, or only a client outside the cluster says it
     * @param missed how many were missed; null likewise
     */
    public record Loss(
            Instant time,
            String topic,
            @Nullable String producer,
            String consumer,
            long subscriptions,
            long subscription,
            @Nullable String client,
            Reason reason,
            @Nullable Long first,
            @Nullable Long missed) {}

    /**
     * Another cluster with the same id: nothing that is published there is delivered here.
     *
     * @param oldest the name of its oldest member, and where that is
     * @param members how many it has
     */
    public record OtherClusterStatus(String oldest, int members) {}

    /**
     * One topic on one node.
     *
     * @param topic its name
     * @param producer null if it never was produced or registered for here
     * @param consumer null if nobody subscribes here; with nothing in its feed if all subscriptions wait for their store
     * @param tables at most 100 of those that are open here, and of those that have closed and are still held: first the closed ones, then
     *     those that are stale, longest first
     * @param totals since this node began with the topic
     */
    public record TopicStatus(
            String topic,
            @Nullable ProducerStatus producer,
            @Nullable ConsumerStatus consumer,
            List<TableReport> tables,
            Totals totals) {}

    /**
     * A producer and its ring.
     *
     * @param epoch identity of its ring
     * @param started when that was made
     * @param publishes false if no application asked this node for a producer: it only answers those who subscribe
     * @param oldest the oldest sequence in the ring; 0 or less if it still has messages of an earlier incarnation
     * @param head the newest sequence; 0 or less if this incarnation has published nothing
     * @param oldestTime when the oldest message in the ring was published; null if it holds none
     * @param messages how many messages the ring holds
     * @param maxMessages how many it may hold
     * @param bytes how many bytes it holds
     * @param maxBytes how many it may hold
     * @param waitingPublishes publishes that wait for room
     * @param cursors one for each reader
     * @param expiries how many readers were told that they missed something, by reason
     * @param store how its store does; null if it is in memory
     */
    public record ProducerStatus(
            Epoch epoch,
            Instant started,
            boolean publishes,
            long oldest,
            long head,
            @Nullable Instant oldestTime,
            int messages,
            int maxMessages,
            long bytes,
            long maxBytes,
            int waitingPublishes,
            List<CursorStatus> cursors,
            Map<Reason, Long> expiries,
            @Nullable StoreStatus store) {}

    /**
     * How the store of a durable log does.
     *
     * @param state recovering (it is not open yet, and the log answers nobody); ok; slow (a write has been under way for more than a
     *     second); failing (it is tried again and again); fenced (another incarnation of the node has it); broken (what it has cannot be used)
     * @param since since when; null of recovering and ok
     * @param problem what is wrong, for people; null if nothing is, or it is not known
     */
    public record StoreStatus(
            String state, @Nullable Instant since, @Nullable String problem) {}

    /**
     * How far one reader of a producer has got.
     *
     * @param node the consuming node
     * @param reader 0 for the node's shared feed, else a catch-up reader
     * @param state level (it has everything); behind; unconfirmed (it registered, and has acknowledged nothing since); stopped (its
     *     subscriptions leave no room); stalled (it freed nothing for so long that publishers do not wait for it any more);
     *     unreachable (the cluster cannot reach its node)
     * @param sent the last sequence that it was sent; 0 or less if that is a message of an earlier incarnation
     * @param acked up to where it has acknowledged; so is that
     * @param lag how many messages it has not acknowledged
     * @param confirmed whether it has acknowledged anything since it registered
     * @param bytesInFlight what is under way to it
     * @param windowBytes how much may be
     */
    public record CursorStatus(
            String node,
            long reader,
            String state,
            long sent,
            long acked,
            long lag,
            boolean confirmed,
            long bytesInFlight,
            long windowBytes) {}

    /**
     * A consumer and its feed.
     *
     * @param registrations one for each producing node
     * @param registeredAgain how often it registered with a member that it had registered with before: after a loss, or silence
     * @param messages how many entries the feed holds
     * @param maxMessages how many it may hold
     * @param bytes how many bytes it holds
     * @param maxBytes how many it may hold
     * @param subscriptionCount how many subscriptions this node has
     * @param subscriptions at most 100 of them: first those that wait for their store, then those that reload, longest first, then those with
     *     the greatest lag
     * @param expiries how often the feed was told that something is missed, by reason
     */
    public record ConsumerStatus(
            List<RegistrationStatus> registrations,
            long registeredAgain,
            int messages,
            int maxMessages,
            long bytes,
            long maxBytes,
            int subscriptionCount,
            List<SubscriptionStatus> subscriptions,
            Map<Reason, Long> expiries) {}

    /**
     * What a consumer knows of one producer.
     *
     * @param node the producing node
     * @param state unnamed, registering, live, waiting (for its return) or left
     * @param position how far the feed has got, or null
     * @param failures how many registrations in a row have failed: they were not answered, or ended within 5 s
     */
    public record RegistrationStatus(
            String node, String state, @Nullable Position position, int failures) {}

    /**
     * One subscription.
     *
     * @param id its number on this node
     * @param state waiting_for_store (it has a name, and the store has not said yet where it begins; why is in {@code named}), opening, catching_up (it reads the producers' rings rather than the feed), reading, waiting (a reload is due, and may
     *     not begin yet), or reloading
     * @param paused whether the application paused it
     * @param lag how far it is behind
     * @param delivered how many messages it was given
     * @param holding for how long its handler, actor or stream has held the oldest event that it is not done with, to within a second;
     *     zero if it holds none
     * @param failures how many messages it failed at
     * @param reloading for how long it has been reloading, attempts that failed included; zero if it is not
     * @param reloads how many reloads have ended, those that failed included
     * @param reloadFailures how many of them failed
     * @param expiries how many gaps it was told, by reason
     * @param violations how often it came to a message that does not follow: a defect of Gapless unless it is 0
     * @param wrongClass how many messages were left out, since they are of another class than the topic's
     * @param named how its token is kept; null if it has no name
     */
    public record SubscriptionStatus(
            long id,
            String state,
            boolean paused,
            Lag lag,
            long delivered,
            Duration holding,
            long failures,
            Duration reloading,
            long reloads,
            long reloadFailures,
            Map<Reason, Long> expiries,
            long violations,
            long wrongClass,
            @Nullable NamedStatus named) {}

    /**
     * A {@link Table}, for all who have opened it on this node.
     *
     * @param state live (what is seen is complete, and goes on); stale (something is missing, and what is seen stays as it was); closed (its
     *     holders have yet to close it, too)
     * @param since when it came to that
     * @param rows how many are seen
     * @param bytes how large the newest rows that are known are together; 0 if its source does not say it
     * @param loaded when the last read of its source succeeded; null if none did
     * @param reading whether its source is being read
     * @param failures how many reads in a row have failed
     * @param problem why it is not live, for people; null if it is
     */
    public record TableReport(
            String state,
            Instant since,
            long rows,
            long bytes,
            @Nullable Instant loaded,
            boolean reading,
            int failures,
            @Nullable String problem) {}

    /**
     * How the token of a named subscription is kept.
     *
     * @param name the subscription's name
     * @param stored when its token was stored last; null if it was not yet
     * @param failingSince since when the store has failed; null if it has not, or works again
     * @param problem what is wrong, for people; null if nothing is
     */
    public record NamedStatus(
            String name,
            @Nullable Instant stored,
            @Nullable Instant failingSince,
            @Nullable String problem) {}
}
