package dev.gapless.simulation.node;

import dev.gapless.core.Epoch;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Now;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.delivery.SubscriptionState;
import dev.gapless.core.delivery.TopicConsumer;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.effect.ToNode;
import dev.gapless.core.effect.ToShard;
import dev.gapless.core.log.Admission;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Gate;
import dev.gapless.core.log.Generation;
import dev.gapless.core.log.Log;
import dev.gapless.core.log.StoreAnswer;
import dev.gapless.core.log.Ticket;
import dev.gapless.core.member.History;
import dev.gapless.core.node.Joined;
import dev.gapless.core.node.LogSource;
import dev.gapless.core.node.Node;
import dev.gapless.core.node.NodeSettings;
import dev.gapless.core.node.Opened;
import dev.gapless.core.node.OtherClusterSettings;
import dev.gapless.core.node.Quota;
import dev.gapless.core.node.Shard;
import dev.gapless.core.node.ShardSettings;
import dev.gapless.core.producer.ProducerState;
import dev.gapless.core.producer.ReceiptRequest;
import dev.gapless.core.wire.Message;
import dev.gapless.core.wire.NodeMessage;
import dev.gapless.core.wire.Packet;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One incarnation of a node with one topic: drives a {@link Node} and its shard on the caller's thread. It
 * decides nothing and waits for nothing; what it wants done goes to {@link Outside}.
 *
 * <p>Whoever drives it gives one input at a time, calls {@link #onTime} when {@link #deadlineNs} has passed and
 * {@link #onNodeTime} when {@link #nodeDeadlineNs} has, {@link #flush} when that is wanted, and reads the subscriptions.
 */
public final class SimulatedNode implements LogSource {
    public static final String TOPIC = "topic";
    /** What stands for an invalidation where messages have their numbers. */
    public static final long INVALIDATION = -1;

    private static final int MOST_TOPICS = 1;
    /** The one of the topic, and another one. */
    private static final int SHARDS = 2;

    private final long uid;
    private final TopicSettings settings;
    private final RandomGenerator random;
    private final Outside outside;
    private final Outbox nodeOutbox = new Outbox();
    private final Outbox shardOutbox = new Outbox();
    private final Node node;
    private final Shard shard;
    private final Carrier carrier = new Carrier();
    /** Serves no topic: the node has to wait for it all the same. */
    private final Shard otherShard;

    private final Outbox otherOutbox = new Outbox();
    private final OtherCarrier otherCarrier = new OtherCarrier();
    private final Gate gate = new Gate();
    private final LogIdentity identity;
    private @Nullable Log log;
    private boolean held;
    /** No log takes messages any more, one that is made later neither. */
    private boolean closed;

    private boolean flushWanted;
    private long deadlineNs = Long.MAX_VALUE;
    private long sessions;

    /**
     * A process that has just started: it is no member, and has neither log nor subscription.
     *
     * @param publishes may it publish, to whatever topic?
     * @param single is it the only node of its cluster, and is no other one to come?
     */
    public SimulatedNode(
            long uid,
            String name,
            TopicSettings settings,
            boolean publishes,
            boolean single,
            long cursorRetentionNs,
            History.Bounds history,
            @Nullable OtherClusterSettings otherClusters,
            RandomGenerator random,
            Outside outside) {
        this.uid = uid;
        this.settings = settings;
        this.random = random;
        this.outside = outside;
        this.identity = LogIdentity.of(uid, TOPIC, settings, outside.nowMs());
        outside.begins(uid, identity.epoch()); // others name the stream before there is a log
        NodeSettings nodeSettings = new NodeSettings(
                uid,
                name,
                List.of(),
                outside.nowMs(),
                SHARDS,
                settings.heartbeatNs(),
                cursorRetentionNs,
                NodeSettings.HELLO_BACKOFF,
                history,
                settings.durable(),
                single,
                publishes,
                otherClusters);
        this.node = new Node(nodeSettings, this::closeLogs, nodeOutbox, now());
        this.shard = new Shard(shardSettings(gate), shardOutbox);
        this.otherShard = new Shard(shardSettings(new Gate()), otherOutbox);
    }

    private ShardSettings shardSettings(Gate its) {
        return new ShardSettings(uid, topic -> settings, this, its, () -> ++sessions, random, new Quota(MOST_TOPICS));
    }

    public long uid() {
        return uid;
    }

    public boolean isUp() {
        return node.isUp();
    }

    public boolean isLeaving() {
        return node.isLeaving();
    }

    /** Do its logs take messages? Until then publishes wait. */
    public boolean takesMessages() {
        return gate.isOpen();
    }

    /** The side that publishes, if there is one. */
    public @Nullable ProducerState producer() {
        return shard.producer(TOPIC);
    }

    /** The side that subscribes, if there is one. */
    public @Nullable TopicConsumer consumer() {
        return shard.consumer(TOPIC);
    }

    private Now now() {
        return new Now(outside.nowMs(), outside.nowNs());
    }

    /** The shard had an input: what is due next is asked then, and not when something was published. */
    private void settle() {
        drain();
        deadlineNs = shard.deadlineNs(TOPIC, now());
    }

    private void drain() {
        nodeOutbox.drain(carrier);
        shardOutbox.drain(carrier);
        otherOutbox.drain(otherCarrier);
    }

    /** Carries out what node and shard want. */
    private final class Carrier implements Outbox.Carrier {
        @Override
        public void send(long toUid, Packet packet) {
            outside.send(toUid, packet);
        }

        @Override
        public void carryOut(Effect effect) {
            if (effect instanceof Effect.TellShards tell) {
                outside.pass(Outside.Queue.TO_SHARD, () -> {
                    shard.onNode(tell.message(), now());
                    settle();
                });
                outside.pass(Outside.Queue.TO_OTHER_SHARD, () -> {
                    otherShard.onNode(tell.message(), now());
                    drain();
                });
                if (tell.message() instanceof ToShard.Silent silent) {
                    outside.heardNothingOf(silent.uid());
                }
            } else if (effect instanceof Effect.TellNode tell) {
                outside.pass(Outside.Queue.TO_NODE, () -> {
                    node.onShard(0, tell.message(), now());
                    drain();
                });
                if (tell.message() instanceof ToNode.Forgot forgot) {
                    outside.forgotten(forgot.uid());
                }
            } else if (effect instanceof Effect.NameTaken taken) {
                outside.nameTaken(taken.olderUid());
            } else if (effect instanceof Effect.OpenStore) {
                outside.openStore();
            } else if (effect instanceof Effect.Store store) {
                outside.store(store.request());
            } else if (effect instanceof Effect.LogFenced fenced) {
                outside.fenced(fenced.laterUid());
            } else if (effect instanceof Effect.LogBroken broken) {
                throw new IllegalStateException("The log is broken: " + broken.why());
            } else if (effect instanceof Effect.SendTo send) {
                outside.sendTo(send.address(), send.message());
            } else if (effect instanceof Effect.OtherCluster) {
                outside.foundOtherCluster();
            } else if (effect instanceof Effect.Mute mute) {
                outside.onSilentSeed(mute.address());
            } else if (effect instanceof Effect.MuteNoMore over) {
                outside.onSeedHeard(over.address());
            } else if (effect instanceof Effect.GivesWay way) {
                outside.givesWay(way.address());
            } else if (effect instanceof Effect.SubscriptionsEnd) {
                outside.subscriptionsEnd();
            } else if (effect instanceof Effect.Arrived arrived) {
                outside.arrived(arrived.subscription());
            } else if (effect instanceof Effect.Ready ready) {
                outside.ready(ready.subscription(), ready.late());
            } else if (effect instanceof Effect.Missed missed) {
                outside.missed(missed.node(), missed.reader(), missed.reason(), missed.lastPosition(), missed.upTo());
            } else if (effect instanceof Effect.CursorMoved moved) {
                outside.expired(
                        moved.session(),
                        moved.reader(),
                        moved.reason(),
                        moved.sent().orElse(-1),
                        moved.resumeAt());
            }
        }
    }

    /** Carries out what the other shard wants: to tell the node. */
    private final class OtherCarrier implements Outbox.Carrier {
        @Override
        public void send(long toUid, Packet packet) {
            throw new IllegalStateException("It serves no topic, and sends " + packet);
        }

        @Override
        public void carryOut(Effect effect) {
            if (effect instanceof Effect.TellNode tell) {
                outside.pass(Outside.Queue.OF_OTHER_SHARD, () -> {
                    node.onShard(1, tell.message(), now());
                    drain();
                });
            }
        }
    }

    // ------------------------------------------------------------------ time

    /** When {@link #onTime} is due, or {@code Long.MAX_VALUE}. */
    public long deadlineNs() {
        return deadlineNs;
    }

    public void onTime() {
        shard.onTime(TOPIC, now());
        settle();
    }

    /** When {@link #onNodeTime} is due. */
    public long nodeDeadlineNs() {
        return node.deadlineNs();
    }

    /** Sends pings and, to members that have not said their name, Hellos. */
    public void onNodeTime() {
        node.onTime(now());
        drain();
    }

    /** Has it drained, or has its time for that run out? Then it may end. */
    public boolean isDrained() {
        return node.hasLeft();
    }

    // ------------------------------------------------------------------ members

    /** An incarnation joins. */
    public void joining(long newcomerUid, String address) {
        node.joining(newcomerUid, address);
    }

    /**
     * A member appeared, this node included.
     *
     * @param number the higher, the later it joined
     */
    public void appeared(long memberUid, String address, long number) {
        appeared(memberUid, address, number, false);
    }

    /**
     * The same.
     *
     * @param standsIn whether it stands in for a node that is gone
     */
    public void appeared(long memberUid, String address, long number, boolean standsIn) {
        node.appeared(new Joined(memberUid, address, "", number, standsIn), now());
        drain();
    }

    public void selfUp() {
        node.up(now());
        drain();
    }

    public void removed(long memberUid) {
        node.removed(memberUid, now());
        drain();
    }

    /** Asks members for their names once more. */
    public void askForNames() {
        node.askForNames(now());
        drain();
    }

    /** As if that node had not been heard of for too long. */
    public void forget(long silentUid) {
        node.forget(silentUid);
        drain();
    }

    /** As if no ping of that node had answered for too long. */
    public void silent(long silentUid) {
        shard.onNode(new ToShard.Silent(silentUid), now());
        settle();
    }

    public void reachability(long memberUid, boolean reachable) {
        node.reachability(memberUid, reachable);
        drain();
    }

    // ------------------------------------------------------------------ messages

    /** Something arrives at this node's address, for it or for whoever was there before. */
    public void receive(Object packet) {
        if (packet instanceof NodeMessage message) {
            node.onMessage(message, now());
        } else if (packet instanceof Message message) {
            shard.onMessage(message, now());
        }
        settle();
    }

    /** Somebody listens at this address, to which it sent something, and may not answer. */
    public void listens(String address) {
        node.listens(address, now());
        drain();
    }

    // ------------------------------------------------------------------ publishing

    @Override
    public Log logOf(String topic) {
        return log();
    }

    /** The application publishes once, and then at any time. */
    @Override
    public boolean isHeld(String topic) {
        return held;
    }

    @Override
    public boolean drop(String topic) {
        if (held) {
            return false;
        }
        outside.logDropped();
        log = null;
        return true;
    }

    private @Nullable Map<Epoch, Long> closeLogs() {
        closed = true;
        Log its = log;
        if (its == null) {
            return Map.of();
        }
        OptionalLong head = its.end();
        if (head.isEmpty()) {
            return null;
        } else if (head.getAsLong() == 0) {
            return Map.of();
        }
        outside.logClosed(its.identity().epoch());
        Map<Epoch, Long> published = new HashMap<>();
        published.put(its.identity().epoch(), head.getAsLong());
        for (int i = 0; i < outside.otherTopics(); i++) {
            published.put(Epoch.of(uid, "other " + i), 1L);
        }
        return published;
    }

    private Log log() {
        Log made = log;
        if (made == null) {
            made = new Log(identity, settings, gate);
            log = made;
            if (closed || node.isLeaving()) {
                made.close();
            }
        }
        return made;
    }

    /** Its application publishes. */
    private void hold() {
        held = true;
        if (producer() == null) {
            shard.onProducer(TOPIC, log(), now());
            settle();
        }
    }

    /** Publishes a message whose content is its number, and so many bytes more. */
    public void publish(long id, int padding) {
        publish(id, content(id, padding));
    }

    /** The same with an id, so that it can be published again. */
    public void publishWithId(long id, int padding) {
        publish(id, content(id, padding).withId(Long.toString(id)));
    }

    private void publish(long id, Content content) {
        hold();
        Admission admission =
                log().publish(content, outside.nowMs(), outside.nowNs(), outcome -> admitted(id, outcome));
        admitted(id, admission);
    }

    private static Content content(long id, int padding) {
        return Content.of(
                1, "", ByteBuffer.allocate(Long.BYTES + padding).putLong(id).array());
    }

    /** The number that {@link #publish} put into a message; {@link #INVALIDATION} if there is none. */
    public static long idOf(byte[] content) {
        return content.length == 0 ? INVALIDATION : ByteBuffer.wrap(content).getLong();
    }

    /** What was published here before is not to be relied on. */
    public void invalidate() {
        hold();
        Ticket ticket = outcome -> {
            if (outcome instanceof Admission.Accepted accepted) {
                outside.published(INVALIDATION, accepted.position());
            }
        };
        var unused = log().invalidate(outside.nowMs(), ticket);
        wantFlush();
    }

    /** Its log holds so many bytes at most from now on, and its feed with it. */
    public void limit(long bytes) {
        log().limit(bytes);
        wantFlush();
    }

    private void admitted(long id, Admission outcome) {
        if (outcome instanceof Admission.Accepted accepted) {
            outside.published(id, accepted.position());
        } else if (outcome instanceof Admission.Waiting) {
            outside.publishWaits(id);
        } else {
            outside.publishRefused(id, outcome.getClass().getSimpleName());
            return;
        }
        ProducerState producer = shard.producer(TOPIC);
        boolean wanted = producer == null || producer.wantsAppended() || outcome instanceof Admission.Waiting;
        if (wanted) {
            wantFlush();
        }
    }

    private void wantFlush() {
        if (!flushWanted) {
            flushWanted = true;
            outside.wantsFlush();
        }
    }

    /** Sends what was published. */
    public void flush() {
        flushWanted = false;
        shard.onAppended(TOPIC, now());
        settle();
    }

    /** Who has messages of its log is wanted. */
    public void receipt(ReceiptRequest request) {
        shard.onReceipt(TOPIC, request, now());
        settle();
    }

    /** The store is open. */
    public void storeOpened(Generation generation) {
        node.storeOpened(generation, now());
        drain();
    }

    /** The store of its log has answered. */
    public void onStore(StoreAnswer answer) {
        shard.onStore(TOPIC, answer, now());
        settle();
    }

    /** Begins to leave in good order. */
    public void leave() {
        node.leave(now());
        drain();
    }

    // ------------------------------------------------------------------ subscribing

    /** Opens a subscription, which is handed to its reader before anything else happens to it; not on a node that leaves. */
    public void subscribe(long id, Opening how, Consumer<SubscriptionState> reader) {
        if (shard.open(TOPIC, id, how, now()) instanceof Opened.Subscription opened) {
            reader.accept(opened.state());
        }
        settle();
    }

    /** Ends one. */
    public void unsubscribe(long id) {
        shard.close(TOPIC, id);
        settle();
    }

    /** This subscription has freed something of a feed that was full. */
    public void room(long id) {
        shard.room(TOPIC, id, now());
        settle();
    }
}
