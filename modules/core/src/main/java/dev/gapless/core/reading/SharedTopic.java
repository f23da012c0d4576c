package dev.gapless.core.reading;

import dev.gapless.core.Gap;
import dev.gapless.core.Reason;
import dev.gapless.core.copy.TopicCache;
import dev.gapless.core.place.Producers;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** What all subscriptions of a topic on a node read. Its consumer writes it, with one thread; any thread reads it. */
public final class SharedTopic {
    /** So many of the last changes are remembered. */
    private static final int REMEMBERED = 32;

    private static final int EVERY_SLOT = -1;

    private final TopicCache cache;
    private volatile Producers producers = Producers.NONE;
    private volatile long changes;
    /** Which slots the last changes were of. */
    private final AtomicIntegerArray slots = new AtomicIntegerArray(REMEMBERED);

    private volatile long changedMs;
    private volatile boolean presses;
    /** How many gaps subscriptions were told, by reason. */
    private volatile Map<Reason, Long> told = Map.of();

    public SharedTopic(TopicCache cache) {
        this.cache = cache;
    }

    public TopicCache cache() {
        return cache;
    }

    public Producers producers() {
        return producers;
    }

    /** Rises with each change of anything that subscriptions may read. Read before what it counts: whoever misses a change then looks again. */
    public long changes() {
        return changes;
    }

    /** When the last change was, in milliseconds since 1970. */
    public long changedMs() {
        return changedMs;
    }

    /** Does its consumer wait for a subscription to free something? Then it is told of what they have read. */
    public boolean presses() {
        return presses;
    }

    /** A window is closed, or something waits for room; or no longer. For its writer. */
    public void press(boolean waits) {
        presses = waits;
    }

    /**
     * Adds the slots that changed.
     *
     * @param to gets them
     * @return whether that is known; else every slot may have
     */
    boolean addChanged(long since, long until, BitSet to) {
        for (long change = Math.max(since + 1, until - REMEMBERED); change <= until; change++) {
            int slot = slots.get((int) (change % REMEMBERED));
            if (slot == EVERY_SLOT) {
                return false;
            }
            to.set(slot);
        }
        return changes - since < REMEMBERED; // last: else it was written over
    }

    /** Something has changed: the producers are these, or the cache has more, or a copy has heard of something. For its writer. */
    public void changed(Producers now, long nowMs) {
        changed(EVERY_SLOT, now, nowMs);
    }

    /** The same, of that slot's producer alone. For its writer. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    public void changed(int slot, Producers now, long nowMs) {
        producers = now;
        changedMs = nowMs;
        slots.set((int) ((changes + 1) % REMEMBERED), slot); // first: who sees the count finds it
        changes++;
    }

    /** A subscription is told these. Any thread. */
    synchronized void tells(List<Gap> gaps) {
        Map<Reason, Long> more = new EnumMap<>(Reason.class);
        more.putAll(told);
        gaps.forEach(gap -> more.merge(gap.reason(), 1L, Long::sum));
        told = Map.copyOf(more);
    }

    /** How many gaps subscriptions were told so far, also those that are closed, by reason. Any thread. */
    public Map<Reason, Long> told() {
        return told;
    }
}
