package dev.gapless.core.topic;

import dev.gapless.core.HistoryView;
import dev.gapless.core.Now;
import dev.gapless.core.copy.TopicCache;
import dev.gapless.core.place.AddressSlot;
import dev.gapless.core.place.End;
import dev.gapless.core.place.Generation;
import dev.gapless.core.place.KnownProducer;
import dev.gapless.core.reading.Change;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Forgets generations together with the cluster's history of who ended, never before: else a part of a log would be taken for older than
 * everything. No subscription has to do with them any more. Then it gives up the slots of producers of which nothing is known, and in which no
 * subscription has a place. Not thread-safe.
 */
final class Forgetting {
    /** So many margins behind the last word of another member. */
    private static final int MARGINS = 3;
    /** So many slots are looked through for a new one only if there are twice as many as were left last time. */
    private static final int FEW = 64;

    private final TopicProducers producers;
    private final TopicCache cache;
    private final Collection<TopicSubscription> subscriptions;
    private final IntConsumer freed;

    private int left;

    /** @param freed is told of slots in which nobody is any more */
    Forgetting(
            TopicProducers producers,
            TopicCache cache,
            Collection<TopicSubscription> subscriptions,
            IntConsumer freed) {
        this.producers = producers;
        this.cache = cache;
        this.subscriptions = subscriptions;
        this.freed = freed;
    }

    /** Have names been heard of since the last time, of which nothing may be known any more? */
    boolean isDue() {
        return producers.slotCount() > Math.max(FEW, 2 * left);
    }

    /** {@return whether anything was forgotten} */
    boolean forget(Now now) {
        boolean heard = subscriptions.stream().allMatch(one -> one.reading.hasHeardAll());
        if (heard) {
            producers.slotsForgotten();
        }
        boolean any = forgetGenerations(now);
        any |= freeSlots();
        left = producers.slotCount();
        return any;
    }

    // ------------------------------------------------------------------ generations

    private boolean forgetGenerations(Now now) {
        HistoryView history = producers.producers().history();
        if (!history.complete()) {
            return false;
        }
        long untilMs = history.heardUpToMs(now.ns()) - MARGINS * history.marginMs();
        Set<Long> remembered = new HashSet<>();
        history.departures().forEach(departure -> remembered.add(departure.uid()));
        boolean any = false;
        for (int slot = 0; slot < producers.producers().slots(); slot++) {
            KnownProducer producer = producers.producers().get(slot);
            if (producer == null || !isKnownWhole(producer)) {
                continue;
            }
            for (Generation generation : producer.generations()) {
                if (!remembered.contains(generation.uid())
                        && isOld(generation, producer, history.horizonMs(), untilMs)
                        && isPassed(slot, producer, generation)) {
                    forget(slot, producer, generation);
                    any = true;
                }
            }
        }
        return any;
    }

    /** Has its log answered, or is there nobody who might answer? */
    private static boolean isKnownWhole(KnownProducer producer) {
        return producer.presence() == KnownProducer.Presence.COPIED
                || producer.presence() == KnownProducer.Presence.GONE;
    }

    private static boolean isOld(Generation generation, KnownProducer producer, long horizonMs, long untilMs) {
        Generation.Removal removed = generation.removed();
        boolean isInLog = producer.copy() != null && generation.inLog();
        if (removed == null || !generation.isOver() || isInLog || removed.endedMs() > untilMs) {
            return false;
        }
        return removed.endedMs() <= horizonMs || publishedNothing(generation) || !removed.wasSeen();
    }

    private static boolean publishedNothing(Generation generation) {
        return generation.end() instanceof End.Stated stated && stated.sequence() == 0 && generation.heard() == 0;
    }

    private boolean isPassed(int slot, KnownProducer producer, Generation generation) {
        return subscriptions.stream().allMatch(one -> one.reading.howFar().isBehind(slot, producer, generation));
    }

    private void forget(int slot, KnownProducer producer, Generation generation) {
        for (TopicSubscription one : subscriptions) {
            Change change = one.reading.howFar().forgetting(producers.producers(), slot, producer, generation);
            if (change != null) {
                one.reading.said(change);
            }
        }
        producers.forget(slot, generation);
        cache.forget(generation.epoch());
    }

    // ------------------------------------------------------------------ slots

    private boolean freeSlots() {
        boolean any = false;
        for (int slot = 0; slot < producers.producers().slots(); slot++) {
            KnownProducer producer = producers.producers().get(slot);
            AddressSlot address = producers.producers().atAddress(slot);
            if ((producer != null || address != null) && isNobodys(slot, producer, address) && isUnused(slot)) {
                producers.free(slot);
                freed.accept(slot);
                for (TopicSubscription one : subscriptions) {
                    one.held.remove(slot);
                    if (one.reading.howFar().remembers(slot)) {
                        one.reading.said(new Change.Freed(slot));
                    }
                }
                any = true;
            }
        }
        return any;
    }

    private boolean isNobodys(int slot, @Nullable KnownProducer producer, @Nullable AddressSlot address) {
        if (producer != null
                && (!producer.generations().isEmpty() || producer.presence() != KnownProducer.Presence.GONE)) {
            return false;
        }
        if (address == null) {
            return producers.host(slot) == null && !producers.producers().isNamed(slot);
        }
        KnownProducer named = address.named() < 0 ? null : producers.producers().get(address.named());
        boolean isKnown =
                named != null && named.generations().stream().anyMatch(generation -> generation.uid() == address.uid());
        return !isKnown && producers.member(address.uid()) == null;
    }

    private boolean isUnused(int slot) {
        return subscriptions.stream()
                .noneMatch(one ->
                        one.awaited.contains(slot) || one.reading.howFar().uses(slot));
    }
}
