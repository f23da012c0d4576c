package dev.gapless.core.node;

import dev.gapless.core.Now;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.delivery.ResponseTimes;
import dev.gapless.core.delivery.TopicConsumer;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.MemberView;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.effect.ToNode;
import dev.gapless.core.effect.ToShard;
import dev.gapless.core.log.Generation;
import dev.gapless.core.log.Log;
import dev.gapless.core.log.StoreAnswer;
import dev.gapless.core.producer.ProducerState;
import dev.gapless.core.producer.ReceiptAnswer;
import dev.gapless.core.producer.ReceiptRequest;
import dev.gapless.core.wire.Heartbeat;
import dev.gapless.core.wire.Message;
import dev.gapless.core.wire.Packet;
import dev.gapless.core.wire.Register;
import dev.gapless.core.wire.ToConsumer;
import dev.gapless.core.wire.ToProducer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A share of the topics of one incarnation of a node: a producer and a consumer for each topic that has them. A topic is always served by the
 * same shard, so that what happens to it happens in order.
 *
 * <p>A shard checks by itself for whom a message is, and that its sender is a member as far as this shard has been told.
 * Messages need not pass the {@link Node}.
 *
 * <p>Not thread-safe: one input at a time, with the time; then the outbox is drained.
 */
public final class Shard {
    private final ShardSettings settings;
    private final Outbox outbox;
    private final ResponseTimes asking;
    private final Map<String, ProducerState> producers = new LinkedHashMap<>();
    private final Map<String, TopicConsumer> consumers = new LinkedHashMap<>();

    private MemberView members = MemberView.NOBODY;
    /** Invariant: of members alone. */
    private final Set<Long> unreachable = new HashSet<>();
    /** Whom the node was told to watch. Invariant: of members alone. */
    private final Set<Long> watched = new HashSet<>();

    /** The how-manieth incarnation of this node's name this is that uses the store; 0 while it may not. */
    private @Nullable Generation generation;

    /** The node leaves. Invariant: then there are no consumers. */
    private boolean subscriptionsEnded;

    private boolean draining;
    /** Invariant: only while it drains. */
    private boolean drained;

    /** A shard without topics, of a process that is no member yet. */
    public Shard(ShardSettings settings, Outbox outbox) {
        this.settings = settings;
        this.outbox = outbox;
        this.asking = new ResponseTimes(settings.sessions(), settings.jitter());
        outbox.heardBy(new WatchesWhoIsAsked());
    }

    /** Which of so many shards serves this topic. */
    public static int indexOf(String topic, int shards) {
        return Math.floorMod(topic.hashCode(), shards);
    }

    // ------------------------------------------------------------------ messages

    /** A message from another node's shard, or from one of this node. */
    public void onMessage(Message message, Now now) {
        if (message instanceof ToConsumer toConsumer) {
            onToConsumer(toConsumer, now);
        } else if (message instanceof ToProducer toProducer) {
            onToProducer(toProducer, now);
        }
        assert invariant() : members;
    }

    private void onToConsumer(ToConsumer message, Now now) {
        if (message.session().uid() != settings.uid()) {
            return; // meant for another incarnation at this address
        }
        TopicConsumer consumer = consumers.get(message.topic());
        if (consumer != null) {
            consumer.onMessage(message, now);
        } else if (message instanceof Heartbeat heartbeat) {
            outbox.send(heartbeat.fromUid(), heartbeat.deregister());
        }
    }

    private void onToProducer(ToProducer message, Now now) {
        long from = message.session().uid();
        if (!members.incarnations().contains(from)) {
            return; // no answer would find it; it asks again
        }
        ProducerState producer = producers.get(message.topic());
        if (message instanceof Register register) {
            if (register.toUid() != settings.uid()) {
                return; // meant for another incarnation at this address
            }
            watch(from);
            producer = producer == null ? producerOf(message.topic(), now) : producer;
        }
        if (producer != null) {
            producer.onMessage(message, now);
            afterProducerInput(message.topic(), producer, now);
        }
    }

    /** Rule P9: a registration makes the log, empty, so that the first message is not missed. */
    private @Nullable ProducerState producerOf(String topic, Now now) {
        Log log = settings.logs().logOf(topic);
        return log == null ? null : produce(topic, log, now);
    }

    /** Who registers with an incarnation shares a session with it from then on. */
    private final class WatchesWhoIsAsked implements Outbox.Listener {
        @Override
        public void sending(long toUid, Packet packet) {
            if (packet instanceof Register) {
                watch(toUid);
            }
        }
    }

    private void watch(long uid) {
        if (members.incarnations().contains(uid) && watched.add(uid)) { // who is asked may be gone by now
            outbox.add(new Effect.TellNode(new ToNode.Watch(uid)));
        }
    }

    // ------------------------------------------------------------------ what the node tells

    /** Takes what the node tells its shards. */
    public void onNode(ToShard message, Now now) {
        if (message instanceof ToShard.Members changed) {
            onMembers(changed, now);
        } else if (message instanceof ToShard.Reachability change) {
            onReachability(change, now);
        } else if (message instanceof ToShard.StoreOpened opened) {
            generation = opened.generation();
            producers.forEach((topic, producer) -> {
                producer.onStoreOpened(opened.generation(), now);
                afterProducerInput(topic, producer, now);
            });
        } else if (message instanceof ToShard.Silent silent) {
            consumers.values().forEach(consumer -> consumer.onSilent(silent.uid(), now.ns()));
        } else if (message instanceof ToShard.Forget forget) {
            producers.values().forEach(producer -> producer.onForgotten(forget.uid(), now));
            afterAllProducersInput(now);
            outbox.add(new Effect.TellNode(new ToNode.Forgot(forget.uid())));
        } else if (message instanceof ToShard.EndSubscriptions) {
            endSubscriptions();
        } else if (message instanceof ToShard.Drain) {
            draining = true;
            producers.values().forEach(producer -> producer.leave(now));
            settleDrain(now);
        }
        assert invariant() : members;
    }

    private boolean invariant() {
        return members.incarnations().containsAll(unreachable)
                && members.incarnations().containsAll(watched)
                && (consumers.isEmpty() || !subscriptionsEnded)
                && (draining || !drained);
    }

    /** Producers first: room that a lost reader leaves is there when its node's successor is told of. */
    private void onMembers(ToShard.Members changed, Now now) {
        MemberView before = members;
        members = changed.view();
        List<Long> gone = new ArrayList<>(before.incarnations());
        gone.removeAll(members.incarnations());
        for (long removed : gone) {
            unreachable.remove(removed);
            watched.remove(removed);
            producers.values().forEach(producer -> producer.onRemoved(removed, now));
        }
        asking.retain(members.incarnations());
        afterAllProducersInput(now);
        if (!members.up()) {
            return;
        }
        consumers.forEach((topic, consumer) -> {
            if (before.up()) {
                consumer.onMembers(changed.events(), members, now);
            } else {
                consumer.begin(members, now);
            }
            outbox.add(consumer.arrivedEffect());
        });
        if (!before.up()) {
            openGate(now);
        }
    }

    /** Rule P14. The consumers have begun: whoever sees a message accepted gets tokens that name this node. */
    private void openGate(Now now) {
        settings.gate().open();
        producers.forEach((topic, producer) -> {
            producer.onAppended(now);
            afterProducerInput(topic, producer, now);
        });
    }

    private void onReachability(ToShard.Reachability change, Now now) {
        if (!members.incarnations().contains(change.uid())) {
            return;
        }
        boolean changes = change.reachable() ? unreachable.remove(change.uid()) : unreachable.add(change.uid());
        if (changes) {
            producers.values().forEach(p -> p.onReachability(change.uid(), change.reachable(), now));
        }
    }

    // ------------------------------------------------------------------ publishing

    /** A producer was made on this node, with this log. */
    public void onProducer(String topic, Log log, Now now) {
        ProducerState known = producers.get(topic);
        afterProducerInput(topic, known == null ? produce(topic, log, now) : known, now);
    }

    private ProducerState produce(String topic, Log log, Now now) {
        ProducerState producer =
                new ProducerState(topic, settings.uid(), log, settings.topics().apply(topic), outbox);
        producers.put(topic, producer);
        unreachable.forEach(uid -> producer.onReachability(uid, false, now));
        if (generation != null) {
            producer.onStoreOpened(generation, now);
        }
        if (subscriptionsEnded) { // also before it drains: a log that is made in between is closed at once
            producer.leave(now);
        }
        return producer;
    }

    /** The topic's store has answered. */
    public void onStore(String topic, StoreAnswer answer, Now now) {
        ProducerState producer = producers.get(topic);
        if (producer != null) {
            producer.onStore(answer, now);
            afterProducerInput(topic, producer, now);
        }
    }

    /** Who has messages of this topic's log is wanted (rule P15). */
    public void onReceipt(String topic, ReceiptRequest request, Now now) {
        ProducerState producer = producers.get(topic);
        if (producer == null) {
            request.answer().accept(new ReceiptAnswer(false, Map.of())); // it has ended
            return;
        }
        producer.onReceipt(request, now);
        if (drained) {
            producer.endReceipts(now);
        }
        afterProducerInput(topic, producer, now);
    }

    /** There may be something new in the log, or it may hold more or less than before. */
    public void onAppended(String topic, Now now) {
        ProducerState producer = producers.get(topic);
        if (producer != null) {
            producer.onAppended(now);
            afterProducerInput(topic, producer, now);
            TopicConsumer consumer = consumers.get(topic);
            if (consumer != null) {
                limit(consumer, producer.log());
            }
        }
    }

    /** What a log gives way with, its node's consumer does, too: it has the same messages, which would take as much memory as before. */
    private static void limit(TopicConsumer consumer, Log log) {
        consumer.limit(log.isLimited() ? log.maxBytes() : Long.MAX_VALUE);
    }

    private void afterAllProducersInput(Now now) {
        producers.forEach((topic, producer) -> afterProducerInput(topic, producer, now));
    }

    /** What follows from what happened to a producer. */
    private void afterProducerInput(String topic, ProducerState producer, Now now) {
        if (draining) {
            settleDrain(now);
        } else {
            boolean kept = subscriptionsEnded || settings.logs().isHeld(topic); // nothing is dropped by who leaves
            producer.setUsed(kept || !producer.isUntouched(), now.ns());
        }
    }

    /** Rule P9, the other way round. */
    private boolean dropUnused(String topic, ProducerState producer, Now now) {
        if (subscriptionsEnded
                || !producer.isOutOfUse(now.ns())
                || !settings.logs().drop(topic)) {
            return false;
        }
        producers.remove(topic);
        outbox.add(new Effect.Dropped(topic));
        return true;
    }

    private void settleDrain(Now now) {
        if (drained) {
            return;
        }
        for (ProducerState producer : producers.values()) {
            if (!producer.isDrained(now.ns())) {
                return;
            }
        }
        drained = true;
        producers.values().forEach(producer -> producer.endReceipts(now));
        boolean complete = producers.values().stream().allMatch(ProducerState::isAcknowledged);
        outbox.add(new Effect.TellNode(new ToNode.Drained(complete)));
    }

    // ------------------------------------------------------------------ subscribing

    /** Opens a subscription. {@link Effect.Ready} says once it is ready. */
    public Opened open(String topic, long id, Opening how, Now now) {
        if (subscriptionsEnded) {
            return new Opened.Leaving();
        }
        TopicConsumer consumer = consumers.get(topic);
        if (consumer == null) {
            if (!settings.consumers().take()) {
                return new Opened.TooManyTopics(settings.consumers().most());
            }
            consumer = settings.factory()
                    .make(topic, settings.uid(), settings.topics().apply(topic), asking, outbox);
            consumers.put(topic, consumer);
            ProducerState producer = producers.get(topic);
            if (producer != null) {
                limit(consumer, producer.log());
            }
            if (members.up()) {
                consumer.begin(members, now);
            }
        }
        return new Opened.Subscription(consumer.open(id, how, now));
    }

    /** Ends a subscription; the consumer with the last of its topic. */
    public void close(String topic, long id) {
        TopicConsumer consumer = consumers.get(topic);
        if (consumer == null) {
            return;
        }
        consumer.close(id);
        if (consumer.isIdle()) {
            end(consumer);
            consumers.remove(topic);
        } else {
            consumer.onRoom();
        }
    }

    private void end(TopicConsumer consumer) {
        consumer.close();
        settings.consumers().giveBack();
    }

    private void endSubscriptions() {
        subscriptionsEnded = true;
        outbox.add(new Effect.SubscriptionsEnd());
        consumers.values().forEach(this::end);
        consumers.clear();
        outbox.add(new Effect.TellNode(new ToNode.SubscriptionsEnded()));
    }

    /** This subscription has freed something of a feed that was full, or asks where to read on. */
    public void room(String topic, long id, Now now) {
        TopicConsumer consumer = consumers.get(topic);
        if (consumer != null) {
            consumer.onRoom(id, now);
        }
    }

    // ------------------------------------------------------------------ time

    /** When {@link #onTime} is due for this topic, or {@code Long.MAX_VALUE}: a topic at rest has no deadline. */
    public long deadlineNs(String topic, Now now) {
        ProducerState producer = producers.get(topic);
        TopicConsumer consumer = consumers.get(topic);
        long produces = producer == null ? Long.MAX_VALUE : producer.deadlineNs(now.ns());
        long consumes = consumer == null ? Long.MAX_VALUE : consumer.deadlineNs(now.ns());
        if (produces == Long.MAX_VALUE || consumes == Long.MAX_VALUE) {
            return Math.min(produces, consumes);
        }
        return produces - consumes < 0 ? produces : consumes;
    }

    /** Does what is due for this topic. */
    public void onTime(String topic, Now now) {
        ProducerState producer = producers.get(topic);
        if (producer != null && !dropUnused(topic, producer, now)) {
            producer.onTime(now);
            afterProducerInput(topic, producer, now);
        }
        TopicConsumer consumer = consumers.get(topic);
        if (consumer != null) {
            consumer.onTime(now);
            outbox.add(consumer.arrivedEffect());
        }
        assert invariant() : members;
    }

    // ------------------------------------------------------------------ who takes over for a node that is gone

    /** The nodes that are gone, and for whose stores consumers here wait. */
    public Set<String> awaitedNodes() {
        Set<String> awaited = new TreeSet<>();
        consumers.values().forEach(consumer -> consumer.addAwaitedNodes(awaited));
        return awaited;
    }

    /** Has every reader of a producer here read all that earlier incarnations of this node left? */
    public boolean isAllRead() {
        return producers.values().stream().allMatch(ProducerState::isAllRead);
    }

    // ------------------------------------------------------------------ for people

    /** The topics that it serves. */
    public Set<String> topics() {
        Set<String> topics = new HashSet<>(producers.keySet());
        topics.addAll(consumers.keySet());
        return topics;
    }

    public @Nullable ProducerState producer(String topic) {
        return producers.get(topic);
    }

    public @Nullable TopicConsumer consumer(String topic) {
        return consumers.get(topic);
    }
}
