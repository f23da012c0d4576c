package dev.gapless.core.topic;

import dev.gapless.core.Position;
import dev.gapless.core.Start;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.copy.TopicCache;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.log.Slice;
import dev.gapless.core.place.Next;
import dev.gapless.core.reading.Want;
import dev.gapless.core.wire.Batch;
import dev.gapless.core.wire.Fetch;
import dev.gapless.core.wire.Fetched;
import dev.gapless.core.wire.Find;
import dev.gapless.core.wire.Found;
import dev.gapless.core.wire.Message;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What subscriptions lack that is not here, and what has to be looked for in a log (rule L9). The lowest place of a producer is fetched first: who
 * lacks more finds it in the cache. One fetch is under way for each producer, and a few for a topic, as long as no more is fetched than is pushed.
 * Not thread-safe.
 */
final class Fetches {
    /** Fetches of a topic that are under way at once. */
    private static final int MOST = 4;
    /** Questions for a place that are under way at once. */
    private static final int MOST_FINDS = 16;

    private record Looked(int slot, Start start) {}

    private final String topic;
    private final TopicSettings settings;
    private final TopicCache cache;
    private final LogCopies copies;
    private final Outbox outbox;

    /** What subscriptions want, by their numbers. */
    private final Map<Long, List<Want>> wants = new LinkedHashMap<>();

    /** Until when an answer is waited for. */
    private final Map<Integer, Long> fetching = new HashMap<>();

    private final Map<Looked, Long> finding = new LinkedHashMap<>();
    /** So many bytes more were pushed than fetched. */
    private long spareBytes;

    Fetches(String topic, TopicSettings settings, TopicCache cache, LogCopies copies, Outbox outbox) {
        this.topic = topic;
        this.settings = settings;
        this.cache = cache;
        this.copies = copies;
        this.outbox = outbox;
    }

    // ------------------------------------------------------------------ what is wanted

    /** A subscription wants this now. */
    void wants(TopicSubscription one) {
        List<Want> now = one.reading.wants();
        if (now.isEmpty()) {
            wants.remove(one.id);
        } else {
            wants.put(one.id, now);
        }
    }

    /** A subscription has ended. */
    void forget(long id) {
        wants.remove(id);
    }

    /** So much was pushed. */
    void pushed(long bytes) {
        spareBytes = Math.min(settings.windowBytes(), spareBytes + bytes);
    }

    /** A member is asked where that is in its log, for whoever begins there. */
    void find(int slot, Start start, long nowNs) {
        CopyRegistration r = copies.get(slot);
        Looked looked = new Looked(slot, start);
        if (r != null && r.isLive() && finding.size() < MOST_FINDS && !finding.containsKey(looked)) {
            finding.put(looked, nowNs + settings.heartbeatNs());
            outbox.send(
                    r.host(),
                    new Find(topic, Message.SHARED_READER, r.attempts().first(), start));
        }
    }

    /** Asks for what is wanted most, as far as that may be by now. */
    void ask(long nowNs) {
        if (wants.isEmpty()) {
            return;
        }
        Map<Integer, Long> lowest = new TreeMap<>();
        for (List<Want> all : wants.values()) {
            for (Want want : all) {
                if (want.what() instanceof Next.Find find) {
                    find(want.slot(), new Start.After(find.position()), nowNs);
                } else if (want.what() instanceof Next.Fetch fetch) {
                    long number = fetch.generation().number(fetch.sequence());
                    lowest.merge(want.slot(), number, Math::min);
                }
            }
        }
        lowest.forEach((slot, number) -> fetch(slot, number, nowNs));
    }

    private void fetch(int slot, long number, long nowNs) {
        CopyRegistration r = copies.get(slot);
        int most = spareBytes > 0 ? MOST : 1;
        if (r == null || !r.isLive() || fetching.containsKey(slot) || fetching.size() >= most) {
            return;
        }
        fetching.put(slot, nowNs + settings.heartbeatNs());
        outbox.send(
                r.host(), new Fetch(topic, Message.SHARED_READER, r.attempts().first(), number, settings.batchBytes()));
    }

    // ------------------------------------------------------------------ answers

    /** A log has answered: wakes who wanted that. */
    void onFetched(Fetched message, long nowNs) {
        CopyRegistration r = copies.live(message.session());
        if (r == null) {
            return;
        }
        fetching.remove(r.slot());
        CopiedLog copy = r.log();
        if (!copy.present().epoch().equals(message.epoch())) {
            return;
        }
        copy.hears(message.head(), message.oldest());
        spareBytes -= Batch.sizeBytes(message.slices());
        if (message.slices().isEmpty()) {
            copy.lacks(message.first());
        } else {
            Position first = copy.position(message.first());
            List<Slice> ofItsPart = new ArrayList<>(); // the next part is fetched when it is wanted
            copy.split(message.first(), message.slices(), (epoch, sequence, slices) -> {
                if (epoch.equals(first.epoch())) {
                    ofItsPart.addAll(slices);
                }
            });
            cache.fetched(first.epoch(), first.sequence(), ofItsPart, nowNs);
        }
        wake(r.slot(), message.first() + Batch.count(message.slices()));
        ask(nowNs);
    }

    /** Wakes who wants messages in front of this number; if it is about one that is gone, all that want it. */
    private void wake(int slot, long before) {
        Iterator<Map.Entry<Long, List<Want>>> all = wants.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<Long, List<Want>> one = all.next();
            if (one.getValue().stream().anyMatch(want -> isInFront(want, slot, before))) {
                outbox.add(new Effect.Arrived(topic, one.getKey()));
                all.remove();
            }
        }
    }

    private static boolean isInFront(Want want, int slot, long before) {
        return want.slot() == slot
                && want.what() instanceof Next.Fetch fetch
                && fetch.generation().number(fetch.sequence()) <= before;
    }

    /** A log has said where that is. {@return the registration with it; null if nothing is to be done with the answer} */
    @Nullable CopyRegistration onFound(Found message) {
        CopyRegistration r = copies.live(message.session());
        return r != null && finding.remove(new Looked(r.slot(), message.start())) != null ? r : null;
    }

    /** A member's log is registered with anew, or it is gone: what it was asked is not answered any more. */
    void ended(int slot) {
        fetching.remove(slot);
        finding.keySet().removeIf(looked -> looked.slot() == slot);
    }

    // ------------------------------------------------------------------ time

    /** Asks again for what was not answered. */
    void onTime(long nowNs) {
        fetching.values().removeIf(untilNs -> untilNs - nowNs <= 0);
        finding.values().removeIf(untilNs -> untilNs - nowNs <= 0);
        ask(nowNs);
    }

    /** In how many nanoseconds {@link #onTime} is due; {@code Long.MAX_VALUE} if nothing is. */
    long dueInNs(long nowNs) {
        long wait = Long.MAX_VALUE;
        for (long untilNs : fetching.values()) {
            wait = Math.min(wait, untilNs - nowNs);
        }
        for (long untilNs : finding.values()) {
            wait = Math.min(wait, untilNs - nowNs);
        }
        return wait;
    }
}
