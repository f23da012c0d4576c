package dev.gapless.internal;

import dev.gapless.NodeStatus.ConsumerStatus;
import dev.gapless.NodeStatus.RegistrationStatus;
import dev.gapless.NodeStatus.SubscriptionStatus;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.consumer.ConsumerEffects;
import dev.gapless.core.consumer.TopicConsumer;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.subscription.Opening;
import dev.gapless.core.subscription.SubscriptionState;
import dev.gapless.core.wire.Batch;
import dev.gapless.core.wire.ToConsumer;
import dev.gapless.core.wire.ToProducer;
import dev.gapless.internal.TopicStats.Count;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One topic's feed on a node, and the subscriptions that read it: carries out what {@link TopicConsumer} decides. One thread at a time.
 */
final class ConsumerHost extends Alarms.Sleeper implements ConsumerEffects {

    /** Where consumers run, and what they share there. */
    interface Place {
        long uid();

        Clock clock();

        /** Numbers for the sessions of all topics of this process. */
        LongSupplier sessions();

        RandomGenerator random();

        void send(long toUid, ToProducer message);

        /** {@link ConsumerEffects#missed}, of this topic. */
        void missed(
                String topic,
                String node,
                long reader,
                Reason reason,
                @Nullable Position behind,
                @Nullable Position upTo);
    }

    private record Reading(SubscriptionState state, SubscriptionListener listener) {}

    /** Subscriptions in a report. */
    private static final int MAX_REPORTED = 100;

    private final String topic;
    private final Place place;
    private final TopicStats stats;
    private final TopicConsumer consumer;
    private final Map<Long, Reading> readings = new LinkedHashMap<>(1);
    private long registeredAgain;
    /** Set when a subscription is ready the moment it is opened. */
    private @Nullable Set<String> readyWhileOpening;

    ConsumerHost(String topic, TopicSettings settings, Opening first, TopicStats stats, Place place) {
        this.topic = topic;
        this.place = place;
        this.stats = stats;
        this.consumer = new TopicConsumer(topic, place.uid(), settings, place.sessions(), place.random(), this, first);
    }

    String topic() {
        return topic;
    }

    Feed feed() {
        return consumer.feed();
    }

    TopicStats stats() {
        return stats;
    }

    /** Does nobody subscribe any more? */
    boolean isIdle() {
        return consumer.isIdle();
    }

    void open(long id, Opening opening, SubscriptionListener listener, Order.Desk desk) {
        SubscriptionState state = consumer.open(id, opening, nowMs(), nowNs());
        Reading added = new Reading(state, listener);
        readings.put(id, added);
        listener.opened(state, desk);
        if (readyWhileOpening != null) {
            listener.ready(readyWhileOpening);
            readyWhileOpening = null;
        }
        wake(added); // it alone: the others have nothing new, and there may be thousands
    }

    void close(long id) {
        readings.remove(id);
        consumer.close(id);
        consumer.onRoom();
    }

    /** What concerns the feed; the rest is for people. */
    void onOrder(Order order) {
        if (order instanceof Order.Room) {
            consumer.onRoom();
        } else if (order instanceof Order.Joined joined) {
            consumer.onJoined(joined.id());
        }
    }

    /** This node is up: what happened until then, and the members. */
    void begin(List<MemberEvent> events, List<MemberEvent> members) {
        consumer.begin(events, members, nowMs(), nowNs());
        wakeAll();
    }

    void onMembers(List<MemberEvent> events, List<MemberEvent> members) {
        consumer.onMembers(events, members, nowMs(), nowNs());
        wakeAll();
    }

    void onMessage(ToConsumer message) {
        if (message instanceof Batch batch) {
            stats.received(batch);
        }
        consumer.onMessage(message, nowMs(), nowNs());
        wakeAll();
    }

    void onSilent(long uid) {
        consumer.onSilent(uid, nowNs());
    }

    void onTime() {
        consumer.onTime(nowMs(), nowNs());
        wakeAll();
    }

    long deadlineNs() {
        return consumer.deadlineNs(nowNs());
    }

    /** Counts what its readers did since this was called last. */
    void count() {
        long again = consumer.registeredAgain();
        if (again != registeredAgain) {
            stats.add(Count.REREGISTRATIONS, again - registeredAgain);
            registeredAgain = again;
        }
    }

    /** The node shuts down: tells the subscriptions, and takes the registrations off. */
    void shutdown() {
        new ArrayList<>(readings.values()).forEach(reading -> reading.listener().shutdown());
        stop();
    }

    /** Takes the registrations off. */
    void stop() {
        consumer.close();
    }

    boolean isLiveWith(String node) {
        return consumer.registrations().stream()
                .anyMatch(registration ->
                        node.equals(registration.node()) && registration.phase().equals("LIVE"));
    }

    private void wakeAll() {
        readings.values().forEach(ConsumerHost::wake);
    }

    private static void wake(Reading reading) {
        if (reading.state().hasNext()) {
            reading.listener().wake();
        }
    }

    private long nowMs() {
        return place.clock().ms();
    }

    private long nowNs() {
        return place.clock().ns();
    }

    ConsumerStatus status() {
        List<RegistrationStatus> registrations = consumer.registrations().stream()
                .map(r -> new RegistrationStatus(r.node(), r.phase().toLowerCase(Locale.ROOT), r.position()))
                .toList();
        long nowNs = nowNs();
        List<SubscriptionStatus> subscriptions = readings.values().stream()
                .map(reading -> reading.listener().stats().status(nowNs))
                .sorted(SubscriptionStats.WORST_FIRST)
                .limit(MAX_REPORTED)
                .toList();
        Feed feed = consumer.feed();
        return new ConsumerStatus(
                registrations,
                consumer.registeredAgain(),
                feed.size(),
                feed.settings().ringMessages(),
                feed.bytes(),
                feed.settings().ringBytes(),
                readings.size(),
                subscriptions,
                ProducerHost.copy(consumer.expiries()));
    }

    @Override
    public void send(long toUid, ToProducer message) {
        place.send(toUid, message);
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
    public void missed(String node, long reader, Reason reason, @Nullable Position behind, @Nullable Position upTo) {
        place.missed(topic, node, reader, reason, behind, upTo);
    }
}
