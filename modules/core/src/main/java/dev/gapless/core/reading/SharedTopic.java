package dev.gapless.core.reading;

import dev.gapless.core.copy.TopicCache;
import dev.gapless.core.place.Producers;

/** What all subscriptions of a topic on a node read. Its consumer writes it, with one thread; any thread reads it. */
public final class SharedTopic {
    private final TopicCache cache;
    private volatile Producers producers = Producers.NONE;
    private volatile long changes;
    private volatile long changedMs;
    private volatile boolean presses;

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

    /** Something has changed: the producers are these, or the cache has more, or a copy has heard of something. For its writer. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    public void changed(Producers now, long nowMs) {
        producers = now;
        changedMs = nowMs;
        changes++;
    }
}
