package dev.gapless.core.effect;

import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.Session;
import dev.gapless.core.log.LogPart;
import dev.gapless.core.log.StoreRequest;
import dev.gapless.core.wire.NodeMessage;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a node or a shard wants done, beside packets to send. */
public sealed interface Effect {

    /** Of a node: tell it to each shard. */
    record TellShards(ToShard message) implements Effect {}

    /** Of a shard: tell it to the node. */
    record TellNode(ToNode message) implements Effect {}

    // ------------------------------------------------------------------ of a node

    /**
     * A member has introduced itself: from now on packets to it go where it says.
     *
     * @param actors {@link dev.gapless.core.wire.Hello#actors}
     */
    record Introduced(long uid, List<Integer> actors) implements Effect {}

    /** An older member has this node's name: this node is to shut down (rule M2). Said once. */
    record NameTaken(long olderUid) implements Effect {}

    /**
     * This node, or that one, is to be the only node of its cluster: this one is to shut down, and has published nothing (rule T2). Said once.
     */
    record SingleNode(long otherUid) implements Effect {}

    /** The store of this node's logs may be used, once it remembers that this incarnation does (rule D6). Said once. */
    record OpenStore() implements Effect {}

    /** A member's clock is so far ahead that this node does not go by it (rule T2); for people. Said once for each member. */
    record ClockAhead(long uid, long timeMs) implements Effect {}

    /** The history has no room for the end of this node, which published to so many topics, and that of others: earlier tokens are not covered. */
    record HistoryCut(String node, int topics) implements Effect {}

    /**
     * Send it to whoever runs Gapless at this address, which need not be a member (rule M4). If nobody listens there it is lost.
     *
     * @param address host and port
     */
    record SendTo(String address, NodeMessage message) implements Effect {}

    /**
     * There is another cluster with this one's id; for people. Said when that is certain, or if their oldest members cannot talk.
     *
     * @param oldest the name of its oldest member, and its address
     * @param members how many it has
     * @param givesWay whether this cluster is the one to give way
     */
    record OtherCluster(String oldest, int members, boolean givesWay) implements Effect {}

    /** Another cluster is not heard any more: it is announced to all subscriptions that something is missed; for people. */
    record OtherClusterGone(String oldest) implements Effect {}

    /**
     * A member was lost, and somebody listens at its address and says nothing for long; for people. It may be in another cluster that has
     * removed this one's members, too (rule M4). Said once, until something is heard from there.
     *
     * @param address host and port
     */
    record Mute(String node, String address) implements Effect {}

    /** The same is over; for people. */
    record MuteNoMore(String node, String address) implements Effect {}

    /**
     * This node is to leave, as its cluster gives way to another one (rule M4). Said once.
     *
     * @param address where the oldest member of the other cluster is: host and port
     */
    record GivesWay(String address) implements Effect {}

    /** Nothing had used this node's store before, and the members remember an earlier incarnation of this node; for people. Said once. */
    record StoreIsNew() implements Effect {}

    /** The cursors of a silent member are being dropped; for people. */
    record Forgetting(long uid) implements Effect {}

    /**
     * The node has drained, or its time for that ran out.
     *
     * @param complete whether every reader of its producers has everything
     */
    record Left(boolean complete) implements Effect {}

    // ------------------------------------------------------------------ of a shard

    /**
     * Something may have come into the topic's feeds: subscriptions that can read on are to be woken.
     *
     * @param subscription the only one that it can concern; null for all
     */
    record Arrived(String topic, @Nullable Long subscription) implements Effect {}

    /**
     * A subscription is ready.
     *
     * @param late members that it went on without, since they did not answer in time
     */
    record Ready(String topic, long subscription, Set<String> late) implements Effect {}

    /** The topic's log is gone: nobody used it. */
    record Dropped(String topic) implements Effect {}

    /** This is wanted of the topic's store. */
    record Store(String topic, StoreRequest request) implements Effect {}

    /** A later incarnation has opened the topic's store: this node is to end (rule D4). */
    record LogFenced(String topic, long laterUid) implements Effect {}

    /** What the topic's store has cannot be used (rule D11); for people. */
    record LogBroken(String topic, String why) implements Effect {}

    /** All subscriptions of the shard end, since the node leaves. */
    record SubscriptionsEnd() implements Effect {}

    /**
     * A feed got a notice that something is missed; for people.
     *
     * @param lastPosition how far it had got, or null if it had not begun
     * @param upTo where it goes on, or null while that is open
     */
    record Missed(
            String topic,
            String node,
            long reader,
            Reason reason,
            @Nullable Position lastPosition,
            @Nullable Position upTo)
            implements Effect {}

    /**
     * A reader was told that it missed something; for people. Of a node that copies the log there is one for each stream that it missed something of.
     *
     * @param part the stream in which it goes on, or of which a copy missed something; these are its sequences
     * @param sent the last sequence that the cursor had been sent, empty if it registered just now
     * @param behind the last sequence that the reader has, as far as this log knows; empty if it is not known
     * @param resumeAt where it goes on
     */
    record CursorMoved(
            String topic,
            Session session,
            long reader,
            Reason reason,
            LogPart part,
            OptionalLong sent,
            OptionalLong behind,
            long resumeAt)
            implements Effect {}
}
