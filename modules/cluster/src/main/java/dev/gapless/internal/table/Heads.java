package dev.gapless.internal.table;

import dev.gapless.Event;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Topic;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.internal.fence.Fence;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How far each producer of a topic is: a subscription that begins at a time to come asks them, and each says where its ring ends. What lies up
 * to there was published, and so written to the source, before this was asked.
 */
final class Heads {
    private static final Duration TO_COME = Duration.ofDays(1_000);

    private Heads() {}

    /**
     * Asks.
     *
     * @param own where the table's subscription was before
     * @param told the heads, or why there are none; {@link Long#MAX_VALUE} of a stream that is over. Where a producer has not answered, what
     *     the table has of it counts
     */
    static <T> void ask(
            TableHost host,
            Topic<T> topic,
            CursorToken own,
            Duration timeout,
            BiConsumer<@Nullable Map<Epoch, Long>, @Nullable Throwable> told) {
        Subscription asking = host.subscribe(
                topic,
                StartFrom.since(Instant.ofEpochMilli(host.clock().ms()).plus(TO_COME)),
                SubscriptionSettings.defaults(),
                new Deaf<T>());
        var unusedReady = asking.ready()
                .toCompletableFuture()
                .orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS)
                .whenComplete((ready, failure) -> {
                    CursorToken there = asking.token();
                    var unused = asking.cancel();
                    told.accept(failure == null ? of(there, own) : null, failure == null ? null : Fence.cause(failure));
                });
    }

    static Map<Epoch, Long> of(CursorToken there, CursorToken own) {
        Map<Epoch, Long> heads = new HashMap<>();
        Set<Epoch> ofMembers = Stream.concat(own.entries().stream(), there.entries().stream())
                .filter(entry -> entry.host() != 0)
                .map(entry -> Epoch.of(entry.host(), own.topic()))
                .collect(Collectors.toSet());
        for (CursorToken.Entry entry : own.entries()) {
            boolean mayGoOn = entry.sequence() == CursorToken.Entry.UNKNOWN || ofMembers.contains(entry.epoch());
            if (entry.over() || !mayGoOn) {
                heads.put(entry.epoch(), Long.MAX_VALUE); // unless it is there
            }
        }
        for (CursorToken.Entry entry : there.entries()) {
            if (entry.over()) {
                heads.put(entry.epoch(), Long.MAX_VALUE);
            } else if (entry.sequence() != CursorToken.Entry.UNKNOWN) {
                heads.put(entry.epoch(), entry.sequence());
            } else {
                heads.remove(entry.epoch());
            }
        }
        for (CursorToken.Entry entry : own.entries()) {
            if (!entry.over() && entry.sequence() != CursorToken.Entry.UNKNOWN) {
                heads.putIfAbsent(entry.epoch(), entry.sequence());
            }
        }
        return heads;
    }

    /** Has nothing to do with what comes. */
    private static final class Deaf<T> extends AtOnce<T> {
        @Override
        void take(Event<T> event) {}
    }
}
