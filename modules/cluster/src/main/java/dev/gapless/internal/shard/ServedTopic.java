package dev.gapless.internal.shard;

import dev.gapless.NodeStatus;
import dev.gapless.NodeStatus.ConsumerStatus;
import dev.gapless.NodeStatus.CursorStatus;
import dev.gapless.NodeStatus.ProducerStatus;
import dev.gapless.NodeStatus.RegistrationStatus;
import dev.gapless.NodeStatus.SubscriptionStatus;
import dev.gapless.core.Reason;
import dev.gapless.core.delivery.ConsumerMeasures;
import dev.gapless.core.delivery.SubscriptionState;
import dev.gapless.core.delivery.TopicConsumer;
import dev.gapless.core.log.Log;
import dev.gapless.core.log.LogPart;
import dev.gapless.core.producer.ProducerState;
import dev.gapless.core.producer.StoreStatus;
import dev.gapless.internal.measure.Count;
import dev.gapless.internal.measure.SubscriptionStats;
import dev.gapless.internal.measure.TopicMeasure;
import dev.gapless.internal.publish.ProducerLog;
import dev.gapless.internal.subscribe.Feedback;
import dev.gapless.internal.subscribe.SubscriptionListener;
import dev.gapless.internal.time.Clock;
import dev.gapless.internal.time.Deadlines;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** What the driver of a shard keeps of one topic: who publishes, who reads, and the numbers that people see. One thread at a time. */
public final class ServedTopic extends Deadlines.Entry {
    /** A write that takes longer is slow. */
    private static final long SLOW_MS = 1_000;

    /** So many subscriptions of a consumer are in its status. */
    public static final int MAX_REPORTED = 100;

    private record Reading(SubscriptionState state, SubscriptionListener listener) {}

    private final String name;
    private final TopicMeasure stats;
    private final int registerAttempts;
    private final Map<Long, Reading> readings = new LinkedHashMap<>(1);
    private @Nullable ProducerLog local;
    private @Nullable ConsumerMeasures measured;
    private long registeredAgain;
    private long failures;
    private Set<String> givenUp = Set.of();

    /** @param registerAttempts after how many in a row that fail its consumer gives up; 0 for never */
    ServedTopic(String name, TopicMeasure stats, int registerAttempts) {
        this.name = name;
        this.stats = stats;
        this.registerAttempts = registerAttempts;
    }

    String name() {
        return name;
    }

    TopicMeasure stats() {
        return stats;
    }

    @Nullable ProducerLog local() {
        return local;
    }

    void local(@Nullable ProducerLog producer) {
        local = producer;
    }

    // ------------------------------------------------------------------ subscriptions

    void opened(long id, SubscriptionState state, SubscriptionListener listener, Feedback.Sink feedback) {
        Reading added = new Reading(state, listener);
        readings.put(id, added);
        listener.opened(state, feedback);
        wake(added); // it alone: the others have nothing new, and there may be thousands
    }

    @Nullable SubscriptionListener listener(long id) {
        Reading reading = readings.get(id);
        return reading == null ? null : reading.listener();
    }

    void closed(long id) {
        readings.remove(id);
    }

    /** @param subscription null for all */
    void wake(@Nullable Long subscription) {
        if (subscription == null) {
            readings.values().forEach(ServedTopic::wake);
        } else {
            Reading one = readings.get(subscription);
            if (one != null) {
                wake(one);
            }
        }
    }

    private static void wake(Reading reading) {
        if (reading.state().hasNext()) {
            reading.listener().wake();
        }
    }

    /** The node leaves. */
    void end() {
        new ArrayList<>(readings.values()).forEach(reading -> reading.listener().shutdown());
        readings.clear();
    }

    // ------------------------------------------------------------------ numbers

    /** Something has happened to the topic; {@return whether its consumer has ended} */
    boolean count(@Nullable ProducerState producer, @Nullable TopicConsumer consumer) {
        if (local != null && producer != null) {
            local.follow(producer);
        }
        ConsumerMeasures present = consumer == null ? null : consumer.measures();
        boolean ended = measured != null && present == null;
        if (present != measured) {
            if (measured != null) {
                stats.remove(measured);
            }
            if (present != null) {
                stats.add(present);
            }
            measured = present;
            registeredAgain = 0;
        }
        if (consumer != null && consumer.registeredAgain() != registeredAgain) {
            stats.add(Count.REREGISTRATIONS, consumer.registeredAgain() - registeredAgain);
            registeredAgain = consumer.registeredAgain();
        }
        return ended;
    }

    /** Producers on which its consumer has given up; null if nothing has changed. */
    @Nullable Set<String> givenUp(@Nullable TopicConsumer consumer, Clock clock) {
        if (registerAttempts == 0) {
            return null;
        }
        long failed = consumer == null ? 0 : consumer.registrationFailures();
        if (failed == failures && givenUp.isEmpty()) {
            return null;
        }
        failures = failed;
        Set<String> producers = new TreeSet<>();
        if (consumer != null) {
            long nowNs = clock.ns();
            consumer.registrations().stream()
                    .filter(r -> r.failures(nowNs) >= registerAttempts)
                    .forEach(r -> producers.add(r.node()));
        }
        if (producers.equals(givenUp)) {
            return null;
        }
        givenUp = producers;
        return producers;
    }

    /** When one on which its consumer has given up counts as one that answers, also if nothing happens until then; else {@code Long.MAX_VALUE}. */
    long answersFromNs(@Nullable TopicConsumer consumer, long nowNs) {
        if (givenUp.isEmpty() || consumer == null) {
            return Long.MAX_VALUE;
        }
        return consumer.registrations().stream()
                .filter(r -> givenUp.contains(r.node()))
                .mapToLong(r -> r.lastsFromNs())
                .filter(fromNs -> fromNs != Long.MAX_VALUE && fromNs - nowNs > 0)
                .reduce((one, other) -> one - other < 0 ? one : other)
                .orElse(Long.MAX_VALUE);
    }

    ConsumerStatus status(TopicConsumer consumer, long nowNs) {
        List<RegistrationStatus> registrations = consumer.registrations().stream()
                .map(r -> new RegistrationStatus(
                        r.node(), r.phase().toLowerCase(Locale.ROOT), r.position(), r.failures(nowNs)))
                .toList();
        List<SubscriptionStatus> subscriptions = readings.values().stream()
                .map(reading -> reading.listener().stats().status(nowNs))
                .sorted(SubscriptionStats.WORST_FIRST)
                .limit(MAX_REPORTED)
                .toList();
        ConsumerMeasures measures = consumer.measures();
        return new ConsumerStatus(
                registrations,
                consumer.registeredAgain(),
                measures.cacheMessages(),
                measures.maxCacheMessages(),
                measures.cacheBytes(),
                measures.maxCacheBytes(),
                readings.size(),
                subscriptions,
                copy(consumer.expiries()));
    }

    static ProducerStatus status(ProducerState producer, ProducerLog local, LongFunction<String> names) {
        Log log = local.log();
        LogPart own = log.parts().own();
        List<CursorStatus> cursors = producer.cursors().stream()
                .map(c -> new CursorStatus(
                        names.apply(c.session().uid()),
                        c.reader(),
                        stateOf(c, log.head()),
                        own.sequence(c.sent()),
                        own.sequence(c.acked()),
                        log.head() - c.acked(),
                        c.confirmed(),
                        c.bytesInFlight(),
                        c.windowBytes()))
                .toList();
        return new ProducerStatus(
                log.identity().epoch(),
                Instant.ofEpochMilli(log.identity().startedMs()),
                !local.isUnused(),
                own.sequence(log.oldest()),
                own.sequence(log.head()),
                oldestTime(log),
                log.size(),
                local.settings().bufferMessages(),
                log.bytes(),
                log.maxBytes(),
                log.waiting(),
                cursors,
                copy(producer.expiries()),
                status(local.store(), local.nowMs()));
    }

    private static @Nullable Instant oldestTime(Log log) {
        return log.size() > 0
                        && log.read(log.oldest(), 1, Long.MAX_VALUE)
                                instanceof dev.gapless.core.log.Reading.Messages read
                ? Instant.ofEpochMilli(read.slices().get(0).publishedMs(0))
                : null;
    }

    private static NodeStatus.@Nullable StoreStatus status(@Nullable StoreStatus store, long nowMs) {
        if (store == null) {
            return null;
        }
        boolean isSlow = store.state() == StoreStatus.State.WRITING && nowMs - store.sinceMs() > SLOW_MS;
        String state =
                isSlow ? "slow" : store.isFine() ? "ok" : store.state().name().toLowerCase(Locale.ROOT);
        boolean hasBegun = store.sinceMs() > 0 && !state.equals("ok");
        return new NodeStatus.StoreStatus(
                state, hasBegun ? Instant.ofEpochMilli(store.sinceMs()) : null, store.problem());
    }

    private static String stateOf(dev.gapless.core.producer.CursorStatus cursor, long head) {
        if (!cursor.reachable()) {
            return "unreachable";
        } else if (cursor.stalled()) {
            return "stalled";
        } else if (!cursor.confirmed()) {
            return "unconfirmed";
        } else if (cursor.windowBytes() == 0 && cursor.holds()) {
            return "stopped";
        }
        return cursor.acked() >= head ? "level" : "behind";
    }

    private static EnumMap<Reason, Long> copy(Map<Reason, Long> counts) {
        EnumMap<Reason, Long> copy = new EnumMap<>(Reason.class);
        copy.putAll(counts);
        return copy;
    }
}
