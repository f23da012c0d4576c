package dev.gapless.bench.jmh;

import dev.gapless.core.Epoch;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Now;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.delivery.MessageRun;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.delivery.Step;
import dev.gapless.core.delivery.SubscriptionState;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Gate;
import dev.gapless.core.log.Log;
import dev.gapless.core.log.Reading;
import dev.gapless.core.log.Slice;
import dev.gapless.core.member.History;
import dev.gapless.core.node.Joined;
import dev.gapless.core.node.LogSource;
import dev.gapless.core.node.Node;
import dev.gapless.core.node.NodeSettings;
import dev.gapless.core.node.Opened;
import dev.gapless.core.node.Quota;
import dev.gapless.core.node.Shard;
import dev.gapless.core.node.ShardSettings;
import dev.gapless.core.wire.Batch;
import dev.gapless.core.wire.Hello;
import dev.gapless.core.wire.Message;
import dev.gapless.core.wire.Packet;
import dev.gapless.core.wire.Register;
import dev.gapless.core.wire.Registered;
import dev.gapless.core.wire.ToProducer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * All that the benchmarks know of the core's consuming side: a node, on one thread, that subscribes to a topic of which each of its other
 * members is a producer. Those are played here: they answer registrations, and send their messages one by one, in turn.
 */
final class ConsumerSeam {
    private static final String TOPIC = "bench";
    private static final long OWN_UID = 1;
    private static final long SECOND_NS = 1_000_000_000;
    private static final long MS_NS = 1_000_000;
    /** Pekko's serializer of byte arrays. */
    private static final int BYTE_ARRAYS = 4;

    private final TopicSettings settings = TopicSettings.DEFAULTS;
    private final Outbox nodeOutbox = new Outbox();
    private final Outbox shardOutbox = new Outbox();
    private final Carrier carrier = new Carrier();
    private final Node node;
    private final Shard shard;
    private final List<SubscriptionState> subscriptions = new ArrayList<>();
    private final Register[] registers;
    private final long[] heads;
    private final List<Slice> message;
    private long nowNs = SECOND_NS;
    private int ready;
    private int next;

    /** One whose subscriptions are ready. */
    ConsumerSeam(int producers, int subscribers, byte[] bytes) {
        registers = new Register[producers];
        heads = new long[producers];
        Log log = new Log(LogIdentity.fresh(new Epoch(1), 0), settings, Gate.opened());
        var unused = log.publish(Content.of(BYTE_ARRAYS, "", bytes), 0, 0, outcome -> {});
        message = ((Reading.Messages) log.read(1, 1, settings.batchBytes())).slices();

        AtomicLong sessions = new AtomicLong();
        shard = new Shard(
                new ShardSettings(
                        OWN_UID,
                        topic -> settings,
                        new NoLogs(),
                        new Gate(),
                        sessions::incrementAndGet,
                        new Random(1),
                        new Quota(1)),
                shardOutbox);
        node = new Node(
                new NodeSettings(
                        OWN_UID,
                        "node",
                        List.of(),
                        0,
                        1,
                        SECOND_NS,
                        60 * SECOND_NS,
                        NodeSettings.HELLO_BACKOFF,
                        History.Bounds.DEFAULT,
                        false,
                        false,
                        true,
                        null),
                Map::of,
                nodeOutbox,
                now());
        node.appeared(new Joined(OWN_UID, "own:1", "", 1), now());
        for (int i = 0; i < producers; i++) {
            node.appeared(new Joined(uid(i), "producer:" + (i + 1), "", i + 2), now());
        }
        node.up(now());
        for (int i = 0; i < producers; i++) {
            node.onMessage(new Hello(uid(i), OWN_UID, "producer-" + i, List.of(), true, 0, 0, 0, true), now());
        }
        drain();
        for (int i = 0; i < subscribers; i++) {
            Opened opened = shard.open(TOPIC, i, new Opening.Latest(), now());
            subscriptions.add(((Opened.Subscription) opened).state());
        }
        drain();
        if (ready < subscribers) {
            throw new IllegalStateException(ready + " of " + subscribers + " subscriptions are ready");
        }
    }

    private static long uid(int producer) {
        return OWN_UID + 1 + producer;
    }

    private Now now() {
        return new Now(nowNs / MS_NS, nowNs);
    }

    /** The next producer's next message comes, and every subscription reads it. How many messages they read. */
    int deliver() {
        nowNs += MS_NS;
        int producer = next;
        next = next + 1 < heads.length ? next + 1 : 0;
        long sequence = ++heads[producer];
        Register register = registers[producer];
        shard.onMessage(
                new Batch(TOPIC, register.reader(), register.session(), sequence, 1, sequence, false, message), now());
        if (shard.deadlineNs(TOPIC, now()) - nowNs <= 0) {
            shard.onTime(TOPIC, now());
        }
        drain();
        int read = 0;
        for (SubscriptionState subscription : subscriptions) {
            read += read(subscription);
        }
        return read;
    }

    private int read(SubscriptionState subscription) {
        int read = 0;
        while (subscription.hasNext()) {
            Step step = subscription.next(nowNs);
            if (step instanceof Step.Messages messages) {
                MessageRun run = messages.run();
                run.handled(run.size());
                read += run.size();
            } else if (step instanceof Step.Missed missed) {
                throw new IllegalStateException("a subscription was told of " + missed.gaps());
            }
        }
        return read;
    }

    private void drain() {
        nodeOutbox.drain(carrier);
        shardOutbox.drain(carrier);
    }

    /** What is sent to producers but registrations is dropped: they wait for nobody. */
    private final class Carrier implements Outbox.Carrier {
        @Override
        public void send(long toUid, Packet packet) {
            if (toUid == OWN_UID && packet instanceof Message own) {
                shard.onMessage(own, now());
            } else if (packet instanceof Register register) {
                int producer = (int) (toUid - uid(0));
                registers[producer] = register;
                shard.onMessage(
                        new Registered(
                                TOPIC,
                                register.reader(),
                                register.session(),
                                LogIdentity.of(toUid, TOPIC, settings, 0),
                                1,
                                1,
                                0,
                                0),
                        now());
            } else if (packet instanceof ToProducer) {
                return;
            }
            shardOutbox.drain(this);
        }

        @Override
        public void carryOut(Effect effect) {
            if (effect instanceof Effect.TellShards tell) {
                shard.onNode(tell.message(), now());
                shardOutbox.drain(this);
            } else if (effect instanceof Effect.TellNode tell) {
                node.onShard(0, tell.message(), now());
            } else if (effect instanceof Effect.Ready) {
                ready++;
            }
        }
    }

    /** The node itself publishes nothing. */
    private final class NoLogs implements LogSource {
        private final Log log = new Log(LogIdentity.of(OWN_UID, TOPIC, settings, 0), settings, Gate.opened());

        @Override
        public Log logOf(String topic) {
            return log;
        }

        @Override
        public boolean isHeld(String topic) {
            return true;
        }

        @Override
        public boolean drop(String topic) {
            return false;
        }
    }
}
