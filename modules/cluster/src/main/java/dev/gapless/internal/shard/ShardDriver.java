package dev.gapless.internal.shard;

import dev.gapless.NodeStatus.ConsumerStatus;
import dev.gapless.NodeStatus.ProducerStatus;
import dev.gapless.core.Now;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.delivery.TopicConsumer;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.effect.ToNode;
import dev.gapless.core.effect.ToShard;
import dev.gapless.core.log.Gate;
import dev.gapless.core.log.Log;
import dev.gapless.core.log.StoreAnswer;
import dev.gapless.core.log.StoreRequest;
import dev.gapless.core.node.LogSource;
import dev.gapless.core.node.Opened;
import dev.gapless.core.node.Quota;
import dev.gapless.core.node.Shard;
import dev.gapless.core.node.ShardSettings;
import dev.gapless.core.producer.ProducerState;
import dev.gapless.core.wire.Batch;
import dev.gapless.core.wire.Message;
import dev.gapless.core.wire.Packet;
import dev.gapless.internal.measure.TopicMeasure;
import dev.gapless.internal.publish.ProducerLog;
import dev.gapless.internal.publish.WantedReceipt;
import dev.gapless.internal.subscribe.Feedback;
import dev.gapless.internal.subscribe.SubscriptionListener;
import dev.gapless.internal.time.Clock;
import dev.gapless.internal.time.Deadlines;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Drives a {@link Shard}: hands it what comes, carries out what it wants, and has it called when something is due. It decides
 * nothing. An actor runs it on a cluster, the test kit runs it in turns. One thread at a time.
 */
public final class ShardDriver implements Outbox.Carrier, LogSource {

    /** Where a shard runs. */
    public interface Place {
        Clock clock();

        void send(long toUid, Packet packet);

        void tellNode(ToNode message);

        /** Have {@link #onTime} called after a while; the last call counts. */
        void startTimer(long afterNs);

        /** Has {@link #look} called soon, from any thread. */
        Runnable looker(ServedTopic topic);

        /** For people: the name of the node of which that is an incarnation. */
        String nameOf(long uid);

        /** {@link LogSource#logOf}. */
        @Nullable ProducerLog producer(String topic);

        /** {@link LogSource#drop}. */
        boolean drop(ProducerLog producer);

        /** This is wanted of the store of a topic's log; its answer goes to {@link #onStore}. */
        void store(String topic, StoreRequest request);

        /** For people: what the store of a topic's log has cannot be used. */
        void logBroken(String topic, String why);

        /** A later incarnation of this node has opened the store of a topic's log: this node is to end. */
        void logFenced(String topic);

        TopicMeasure stats(String topic);

        /** For people. */
        void missed(Effect.Missed missed);

        /** For people. */
        void moved(ProducerLog producer, Effect.CursorMoved moved);

        /** For people: from now on the topic's consumer has given up on these producers, possibly on none. */
        void givenUp(String topic, Set<String> producers);

        /** The topic has no producer any more. */
        void producerEnded(String topic);

        /** The topic has no consumer any more. */
        void consumerEnded(String topic);
    }

    private final Place place;
    private final Function<String, TopicSettings> settings;
    private final Outbox outbox = new Outbox();
    /** Of receipts: they tell what is missed, too, which the outbox has. */
    private final Queue<Runnable> answers = new ArrayDeque<>();

    private final Shard shard;
    private final Map<String, ServedTopic> topics = new HashMap<>();
    private final Deadlines<ServedTopic> deadlines;

    public ShardDriver(
            Place place,
            long uid,
            Function<String, TopicSettings> settings,
            Gate gate,
            LongSupplier sessions,
            RandomGenerator jitter,
            Quota consumers) {
        this.place = place;
        this.settings = settings;
        this.shard = new Shard(new ShardSettings(uid, settings, this, gate, sessions, jitter, consumers), outbox);
        this.deadlines = new Deadlines<>(place::startTimer);
    }

    private Now now() {
        return new Now(place.clock().ms(), place.clock().ns());
    }

    private ServedTopic topic(String name) {
        ServedTopic known = topics.get(name);
        if (known == null) {
            known = new ServedTopic(
                    name, place.stats(name), settings.apply(name).registerAttempts());
            topics.put(name, known);
        }
        return known;
    }

    private boolean isServed(ServedTopic topic) {
        return topics.get(topic.name()) == topic;
    }

    // ------------------------------------------------------------------ inputs

    public void onMessage(Message message) {
        ServedTopic known = topics.get(message.topic());
        if (known != null && message instanceof Batch batch) {
            known.stats().received(batch);
        }
        shard.onMessage(message, now());
        ServedTopic topic = known == null ? topics.get(message.topic()) : known;
        if (topic == null) {
            carryOut(); // of a topic that nobody uses here
        } else {
            settle(topic);
        }
    }

    public void onNode(ToShard message) {
        shard.onNode(message, now());
        carryOut();
        new ArrayList<>(topics.values()).forEach(this::settle);
    }

    /** A producer was made on this node. */
    public void produce(ProducerLog local) {
        ServedTopic topic = topic(local.topic());
        attach(topic, local);
        shard.onProducer(local.topic(), local.log(), now());
        settle(topic);
    }

    private void attach(ServedTopic topic, ProducerLog local) {
        if (topic.local() != local) {
            topic.local(local);
            local.started(place.looker(topic));
        }
    }

    /** There may be something new in its log. */
    public void look(ServedTopic topic) {
        ProducerLog local = topic.local();
        if (local != null && isServed(topic)) {
            local.look(() -> {
                receipts(topic, local);
                shard.onAppended(topic.name(), now());
            });
            settle(topic);
        }
    }

    /** In front of what was appended: that is sent with the wish for an Ack then. */
    private void receipts(ServedTopic topic, ProducerLog local) {
        WantedReceipt wanted = local.nextReceipt();
        while (wanted != null) {
            shard.onReceipt(topic.name(), wanted.request(place::nameOf, answers::add), now());
            wanted = local.nextReceipt();
        }
    }

    /** The store of a topic's log has answered. */
    public void onStore(String name, StoreAnswer answer) {
        ServedTopic topic = topics.get(name);
        if (topic != null) { // else it has ended meanwhile
            shard.onStore(name, answer, now());
            settle(topic);
        }
    }

    public void open(String name, long id, Opening how, SubscriptionListener listener, Feedback.Sink feedback) {
        ServedTopic topic = topic(name);
        Opened opened = shard.open(name, id, how, now());
        if (opened instanceof Opened.Subscription subscription) {
            topic.opened(id, subscription.state(), listener, feedback);
        } else if (opened instanceof Opened.TooManyTopics tooMany) {
            listener.refused(new IllegalStateException("Topic " + name + ": this node has consumers of "
                    + tooMany.most() + " topics already, the most that gapless.max-topics allows"));
        } else {
            listener.shutdown();
        }
        settle(topic);
    }

    public void close(String name, long id) {
        ServedTopic topic = topic(name);
        topic.closed(id);
        shard.close(name, id);
        settle(topic);
    }

    /** What a subscription tells of its progress. */
    public void onFeedback(String name, Feedback feedback) {
        if (feedback instanceof Feedback.Room room) {
            shard.room(name, room.id(), now());
        }
        ServedTopic topic = topics.get(name);
        if (topic != null) { // else it has ended meanwhile
            settle(topic);
        }
    }

    public void onTime() {
        for (ServedTopic topic : deadlines.due(place.clock().ns())) {
            shard.onTime(topic.name(), now());
            settle(topic);
        }
    }

    private void carryOut() {
        outbox.drain(this);
        for (Runnable answer = answers.poll(); answer != null; answer = answers.poll()) {
            answer.run();
        }
    }

    /** Carries out what is wanted, and plans what is due next. */
    private void settle(ServedTopic topic) {
        carryOut();
        ProducerState producer = shard.producer(topic.name());
        TopicConsumer consumer = shard.consumer(topic.name());
        if (topic.count(producer, consumer)) {
            place.consumerEnded(topic.name());
        }
        Set<String> givenUp = topic.givenUp(consumer, place.clock());
        if (givenUp != null) {
            place.givenUp(topic.name(), givenUp);
        }
        if (producer == null && consumer == null) {
            topics.remove(topic.name(), topic);
            deadlines.remove(topic);
        } else {
            long nowNs = place.clock().ns();
            deadlines.set(topic, shard.deadlineNs(topic.name(), now()), nowNs);
            deadlines.set(topic, topic.answersFromNs(consumer, nowNs), nowNs);
        }
    }

    // ------------------------------------------------------------------ effects

    @Override
    public void send(long toUid, Packet packet) {
        if (packet instanceof Batch batch) {
            topic(batch.topic()).stats().sent(batch);
        }
        place.send(toUid, packet);
    }

    @Override
    public void carryOut(Effect effect) {
        if (effect instanceof Effect.Arrived arrived) {
            topic(arrived.topic()).wake(arrived.subscription());
        } else if (effect instanceof Effect.TellNode tell) {
            place.tellNode(tell.message());
        } else if (effect instanceof Effect.Ready ready) {
            SubscriptionListener listener = topic(ready.topic()).listener(ready.subscription());
            if (listener != null) {
                listener.ready(ready.late());
            }
        } else if (effect instanceof Effect.SubscriptionsEnd) {
            topics.values().forEach(ServedTopic::end);
        } else if (effect instanceof Effect.Missed missed) {
            place.missed(missed);
        } else if (effect instanceof Effect.CursorMoved moved) {
            ProducerLog local = topic(moved.topic()).local();
            if (local != null) {
                local.stats().cursorExpired(moved.reason());
                place.moved(local, moved);
            }
        } else if (effect instanceof Effect.Dropped dropped) {
            place.producerEnded(dropped.topic());
        } else if (effect instanceof Effect.Store store) {
            place.store(store.topic(), store.request());
        } else if (effect instanceof Effect.LogBroken broken) {
            place.logBroken(broken.topic(), broken.why());
        } else if (effect instanceof Effect.LogFenced fenced) {
            place.logFenced(fenced.topic());
        }
    }

    @Override
    public @Nullable Log logOf(String name) {
        ProducerLog local = place.producer(name);
        if (local == null) {
            return null;
        }
        attach(topic(name), local);
        return local.log();
    }

    @Override
    public boolean isHeld(String name) {
        ProducerLog local = topic(name).local();
        return local != null && local.isHeld();
    }

    @Override
    public boolean drop(String name) {
        ServedTopic topic = topic(name);
        ProducerLog local = topic.local();
        if (local == null || !place.drop(local)) {
            return false;
        }
        local.stats().remove(local);
        topic.local(null);
        return true;
    }

    // ------------------------------------------------------------------ for people

    public Shard shard() {
        return shard;
    }

    public Map<String, ProducerStatus> producers(LongFunction<String> names) {
        Map<String, ProducerStatus> all = new HashMap<>();
        topics.forEach((name, topic) -> {
            ProducerState producer = shard.producer(name);
            ProducerLog local = topic.local();
            if (producer != null && local != null) {
                all.put(name, ServedTopic.status(producer, local, names));
            }
        });
        return all;
    }

    public Map<String, ConsumerStatus> consumers() {
        Map<String, ConsumerStatus> all = new HashMap<>();
        topics.forEach((name, topic) -> {
            TopicConsumer consumer = shard.consumer(name);
            if (consumer != null) {
                all.put(name, topic.status(consumer, place.clock().ns()));
            }
        });
        return all;
    }
}
