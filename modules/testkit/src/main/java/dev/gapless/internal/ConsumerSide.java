package dev.gapless.internal;

import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.consumer.ConsumerEffects;
import dev.gapless.core.consumer.TopicConsumer;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.subscription.Opening;
import dev.gapless.core.subscription.SubscriptionState;
import dev.gapless.core.wire.ToConsumer;
import dev.gapless.core.wire.ToProducer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** One topic's feed on one life of a node: what {@link ConsumerActor} does, in turns. */
final class ConsumerSide implements ConsumerEffects {
    private final Life life;
    private final Clock clock;
    private final TopicConsumer consumer;
    private final Map<Long, Reading> readings = new LinkedHashMap<>();
    /** Set when a subscription is ready the moment it is opened. */
    private @Nullable Set<String> readyWhileOpening;

    private record Reading(SubscriptionState state, SubscriptionListener listener) {}

    ConsumerSide(
            Life life,
            Clock clock,
            String topic,
            TopicSettings settings,
            LongSupplier sessions,
            RandomGenerator random,
            Opening first) {
        this.life = life;
        this.clock = clock;
        this.consumer = new TopicConsumer(topic, life.uid(), settings, sessions, random, this, first);
    }

    void open(long id, Opening opening, SubscriptionListener listener, ActorRef<ConsumerActor.Command> orders) {
        SubscriptionState state = consumer.open(id, opening, clock.ms(), clock.ns());
        readings.put(id, new Reading(state, listener));
        listener.opened(state, orders);
        if (readyWhileOpening != null) {
            listener.ready(readyWhileOpening);
            readyWhileOpening = null;
        }
        wakeAll();
    }

    void close(long id) {
        readings.remove(id);
        consumer.close(id);
        consumer.onRoom();
    }

    boolean isIdle() {
        return consumer.isIdle();
    }

    void onOrder(ConsumerActor.Command order) {
        if (order == ConsumerActor.ROOM) {
            consumer.onRoom();
        } else if (order instanceof ConsumerActor.Joined joined) {
            consumer.onJoined(joined.id());
        }
    }

    void begin(List<MemberEvent> events, List<MemberEvent> snapshot) {
        consumer.begin(events, snapshot, clock.ms(), clock.ns());
        wakeAll();
    }

    void onMembers(List<MemberEvent> events, List<MemberEvent> snapshot) {
        consumer.onMembers(events, snapshot, clock.ms(), clock.ns());
        wakeAll();
    }

    void onMessage(ToConsumer message) {
        consumer.onMessage(message, clock.ms(), clock.ns());
        wakeAll();
    }

    void onSilent(long uid) {
        consumer.onSilent(uid, clock.ns());
    }

    void onTime() {
        consumer.onTime(clock.ms(), clock.ns());
        wakeAll();
    }

    long deadlineNs() {
        return consumer.deadlineNs(clock.ns());
    }

    /** The node leaves. */
    void shutdown() {
        new ArrayList<>(readings.values()).forEach(reading -> reading.listener().shutdown());
        consumer.close();
    }

    /** Nobody subscribes any more. */
    void stop() {
        consumer.close();
    }

    boolean isLiveWith(String node) {
        return consumer.registrations().stream()
                .anyMatch(registration ->
                        node.equals(registration.node()) && registration.phase().equals("LIVE"));
    }

    private void wakeAll() {
        for (Reading reading : readings.values()) {
            if (reading.state().hasNext()) {
                reading.listener().wake();
            }
        }
    }

    @Override
    public void send(long toUid, ToProducer message) {
        life.send(toUid, message);
    }

    @Override
    public void ready(long subscription, Set<String> silent) {
        Reading reading = readings.get(subscription);
        if (reading != null) {
            reading.listener().ready(silent);
        } else {
            readyWhileOpening = silent;
        }
    }

    @Override
    public void missed(String node, long reader, Reason reason, @Nullable Position behind, @Nullable Position upTo) {}
}
