package dev.gapless.simulation.node;

import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.Session;
import dev.gapless.core.log.StoreRequest;
import dev.gapless.core.wire.NodeMessage;
import dev.gapless.core.wire.Packet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What surrounds a {@link SimulatedNode}: its clocks, its network, and who looks on. Any method may end the node by throwing. */
public interface Outside {
    /** Milliseconds since 1970, by a clock that may be wrong and may jump. */
    long nowMs();

    /** Nanoseconds by a clock that only goes on. */
    long nowNs();

    /** Send it to the node with this uid. */
    void send(long toUid, Packet packet);

    /** What lies between a node and its shards. */
    enum Queue {
        TO_SHARD,
        TO_NODE,
        TO_OTHER_SHARD,
        OF_OTHER_SHARD
    }

    /** Pass this on, now or later, but in order for each queue. */
    default void pass(Queue queue, Runnable delivery) {
        delivery.run();
    }

    /** No ping of that node answers. */
    default void heardNothingOf(long silentUid) {}

    /** An older member has this node's name: this one is to end. */
    default void nameTaken(long olderUid) {
        throw new IllegalStateException("two members of one name");
    }

    /** Send it to whoever is at this address, which need not be a member; and say so to {@link SimulatedNode#listens} if somebody listens there. */
    default void sendTo(String address, NodeMessage message) {
        throw new IllegalStateException("It does not look for other clusters, and sends " + message);
    }

    /** There is another cluster: people are told. */
    default void foundOtherCluster() {}

    /** Somebody listens at this address, where a member was lost, and says nothing for long: people are told. */
    default void onSilentSeed(String address) {}

    /** The same is over. */
    default void onSeedHeard(String address) {}

    /** Its cluster gives way to the one whose oldest member is at this address: it is to leave. */
    default void givesWay(String address) {
        throw new IllegalStateException("It does not look for other clusters, and gives way");
    }

    /** Its store is to be opened: {@link SimulatedNode#storeOpened} says when it is. */
    default void openStore() {
        throw new IllegalStateException("It has no store");
    }

    /** The store of its log is to do this: {@link SimulatedNode#onStore} takes the answer. */
    default void store(StoreRequest request) {
        throw new IllegalStateException("It has no store for " + request);
    }

    /** A later incarnation has opened the store: this node is to end. */
    default void fenced(long laterUid) {
        throw new IllegalStateException("It is fenced by " + laterUid);
    }

    /** The node begins a log. */
    void begins(long uid, Epoch stream);

    /** The log takes no more: the node says where it ended, as it leaves, or before that to another cluster. */
    default void logClosed(Epoch epoch) {}

    /** To how many other topics the node published that has published to this one: its farewell may need several parts. */
    default int otherTopics() {
        return 0;
    }

    /** The log is gone, empty as it was: nobody used it. */
    default void logDropped() {}

    /** The message with this number is in the log, here. */
    void published(long id, Position at);

    /** The message with this number waits for room in the log. */
    void publishWaits(long id);

    /** The message with this number is not in the log, and will not be. */
    void publishRefused(long id, String why);

    /**
     * Something may have come for this subscription.
     *
     * @param subscription null for all of the node
     */
    default void arrived(@Nullable Long subscription) {}

    /** There is something that {@link SimulatedNode#flush} has not been called for; said once until it is. */
    void wantsFlush();

    /** A subscription is ready, but for these nodes. */
    void ready(long subscription, Set<String> silent);

    /** The node leaves, and its subscriptions are over. */
    void subscriptionsEnd();

    /** The cursors of that node are dropped. */
    void forgotten(long silentUid);

    /** A cursor of this node's log was moved. */
    void expired(Session session, long reader, Reason reason, long sent, long resumeAt);

    /** A feed of this node misses something. */
    void missed(String node, long reader, Reason reason, @Nullable Position behind, @Nullable Position upTo);
}
