package dev.gapless.core.topic;

import dev.gapless.core.Epoch;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.copy.TopicCache;
import dev.gapless.core.place.Generation;
import dev.gapless.core.place.KnownProducer;
import dev.gapless.core.place.Producers;
import dev.gapless.core.reading.HowFar;
import dev.gapless.core.reading.SharedTopic;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * How far the subscriptions of a topic on this node are, and what follows from that: how much producers may send, what the cache keeps, and what a
 * log keeps for this node (rule L9).
 *
 * <p>The foremost subscription counts for a producer's window and for the cache: what others lack is fetched. Who reloads does not count. Not
 * thread-safe.
 */
final class Reach implements TopicCache.Needs {
    /** For such a part of the time for which publishers wait, they wait for one that does not read. */
    private static final int STALLED_PARTS = 2;
    /** Half of the cache is for what the foremost subscription has not read. */
    private static final int UNREAD_PARTS = 2;

    private final TopicSettings settings;
    private final Collection<TopicSubscription> subscriptions;
    private final SharedTopic topic;

    /** By slot, one more than the number up to which the foremost had read of its log, when it was looked at; it may have read more. */
    private long[] foremost = {};
    /** Which slot has that generation. */
    private final Map<Epoch, Integer> slots = new HashMap<>(4);

    private int copies;

    Reach(TopicSettings settings, Collection<TopicSubscription> subscriptions, SharedTopic topic) {
        this.settings = settings;
        this.subscriptions = subscriptions;
        this.topic = topic;
    }

    /** A subscription ended, or a producer's log is another one: what is known of how far they are is of before. */
    void changed() {
        Arrays.fill(foremost, 0);
        slots.clear();
    }

    /** So many logs are copied. */
    void copies(int number) {
        copies = number;
    }

    // ------------------------------------------------------------------ how far they are

    /** Up to which number the foremost subscription has read of that slot's log, or beyond this one; beyond all if nobody reads. */
    private long foremost(int slot, long atLeast) {
        long known = slot < foremost.length ? foremost[slot] - 1 : -1;
        if (known >= atLeast) {
            return known;
        }
        long read = -1;
        for (TopicSubscription one : subscriptions) {
            read = Math.max(read, one.reading.howFar().readUpTo(slot));
            if (read >= atLeast) {
                break;
            }
        }
        if (read < 0) {
            return Long.MAX_VALUE;
        }
        if (slot >= foremost.length) {
            foremost =
                    Arrays.copyOf(foremost, Math.max(slot + 1, topic.producers().slots()));
        }
        foremost[slot] = Math.max(known, read) + 1;
        return Math.max(known, read);
    }

    /**
     * How many bytes may be under way from that producer. None if the foremost subscription lacks its share of the cache; then some again once it has
     * read half of that.
     */
    long windowBytes(CopyRegistration r) {
        if (!r.isLive()) {
            return settings.windowBytes();
        }
        long newest = r.log().newest();
        long read = foremost(r.slot(), newest);
        if (read >= newest) {
            return settings.windowBytes();
        }
        TopicCache cache = topic.cache();
        long parts = (long) UNREAD_PARTS * Math.max(1, copies);
        long share = Math.max(settings.batchBytes(), cache.maxBytes() / parts);
        long messages = Math.max(1, cache.maxMessages() / parts);
        long unread = (newest - read) * (r.isClosed() ? 2 : 1);
        long unreadBytes = unread * cache.meanBytes();
        return unread > messages || unreadBytes > share
                ? 0
                : Math.max(settings.batchBytes(), Math.min(settings.windowBytes(), share - unreadBytes));
    }

    /**
     * Up to which number a log need keep nothing for this node's subscriptions; beyond all if nobody waits for any. For one that reads nothing for
     * half of the time for which publishers wait, nothing is kept until it reads on.
     */
    long least(CopyRegistration r, long nowNs) {
        if (!settings.backpressure()) {
            return r.log().newest();
        }
        long newest = r.log().newest();
        long least = Long.MAX_VALUE;
        for (TopicSubscription one : subscriptions) {
            HowFar howFar = one.reading.howFar();
            long at = howFar.waitedForFrom(r.slot());
            if (at >= 0 && isWaitedFor(one, r.slot(), at < newest, howFar.messages(), nowNs)) {
                least = Math.min(least, at);
            }
        }
        return least;
    }

    private boolean isWaitedFor(TopicSubscription one, int slot, boolean lacks, long messages, long nowNs) {
        if (!lacks) {
            one.held.remove(slot);
            return true;
        }
        TopicSubscription.Held held = one.held.get(slot);
        if (held == null || held.messages() != messages) {
            one.held.put(slot, new TopicSubscription.Held(messages, nowNs));
            return true;
        }
        return nowNs - held.sinceNs() < settings.backpressureTimeoutNs() / STALLED_PARTS;
    }

    /** Has a subscription a place in that slot's producer, or is something of it known? Then all that its log has may be wanted. */
    boolean knows(int slot) {
        KnownProducer producer = topic.producers().get(slot);
        if (producer != null && !producer.generations().isEmpty()) {
            return true;
        }
        return subscriptions.stream().anyMatch(one -> one.reading.howFar().isSomewhere(slot));
    }

    // ------------------------------------------------------------------ what the cache keeps

    @Override
    public boolean needs(Epoch epoch, long sequence) {
        Producers producers = topic.producers();
        int slot = slotOf(epoch, producers);
        KnownProducer producer = producers.get(slot);
        Generation generation = producer == null ? null : producer.generation(epoch);
        if (producer == null || generation == null) {
            return false;
        }
        if (producer.presence() == KnownProducer.Presence.COPIED && generation.inLog()) {
            long number = generation.number(sequence);
            return foremost(slot, number) < number;
        }
        return subscriptions.stream().anyMatch(one -> one.reading.howFar().lacks(slot, epoch, sequence));
    }

    private int slotOf(Epoch epoch, Producers producers) {
        Integer known = slots.get(epoch);
        if (known != null) {
            return known;
        }
        for (int slot = 0; slot < producers.slots(); slot++) {
            KnownProducer producer = producers.get(slot);
            if (producer != null && producer.generation(epoch) != null) {
                slots.put(epoch, slot);
                return slot;
            }
        }
        return Integer.MAX_VALUE;
    }
}
