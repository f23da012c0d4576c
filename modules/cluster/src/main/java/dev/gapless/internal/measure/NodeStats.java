package dev.gapless.internal.measure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The numbers of a node: by topic for those that appear first, together for all beyond {@code gapless.metrics.max-topics}, so that
 * neither memory nor what a monitoring system stores grows with the number of topics. Thread-safe.
 */
public final class NodeStats {
    /** The name under which topics beyond the bound stand. */
    public static final String OTHER = "other";

    private static final Logger LOG = LoggerFactory.getLogger(NodeStats.class);

    private final int maxTopics;
    private final Executor executor;
    private final TopicStats other = new TopicStats(OTHER, this::timesHandlers);
    private final Map<String, TopicStats> named = new HashMap<>();
    private final List<Consumer<TopicStats>> watchers = new ArrayList<>();
    private final AtomicInteger timing = new AtomicInteger();
    private volatile int otherClusters;
    private volatile boolean outnumbered;
    private boolean full;

    /** Tells of topics on this executor. */
    public NodeStats(int maxTopics, Executor executor) {
        this.maxTopics = maxTopics;
        this.executor = executor;
    }

    /** The numbers of one that counts nothing. */
    public static NodeStats none() {
        return new NodeStats(0, Runnable::run);
    }

    /** How many other clusters with its cluster's id this node sees. */
    public int otherClusters() {
        return otherClusters;
    }

    /** From now on it sees so many. */
    public void otherClusters(int number) {
        otherClusters = number;
        if (number == 0) {
            outnumbered = false;
        }
    }

    /** Does it see one to which its own should give way? */
    public boolean isOutnumbered() {
        return outnumbered;
    }

    /** It sees one to which its own should give way. */
    public void outnumbered() {
        outnumbered = true;
    }

    /** Those of this topic; for whoever begins to take part in it. */
    public synchronized TopicStats topic(String topic) {
        TopicStats known = named.get(topic);
        if (known != null) {
            return known;
        }
        if (topic.equals(OTHER) || named.size() >= maxTopics) {
            if (!full) {
                full = true;
                LOG.info(
                        "Topic {}: it has no meters of its own, like all that come now; they are counted as topic '{}'"
                                + " (gapless.metrics.max-topics is {})",
                        topic,
                        OTHER,
                        maxTopics);
                watchers.forEach(watcher -> tell(watcher, other));
            }
            return other;
        }
        TopicStats made = new TopicStats(topic, this::timesHandlers);
        named.put(topic, made);
        watchers.forEach(watcher -> tell(watcher, made));
        return made;
    }

    /** Those of all topics there are. */
    public synchronized Collection<TopicStats> topics() {
        List<TopicStats> all = new ArrayList<>(named.values());
        if (full) {
            all.add(other);
        }
        return all;
    }

    /** The watcher is told of each topic, once: here of those there are, elsewhere of those that come. */
    public void watch(Consumer<TopicStats> watcher) {
        Collection<TopicStats> present;
        synchronized (this) {
            present = topics();
            watchers.add(watcher);
        }
        present.forEach(watcher);
    }

    /** The watcher is told nothing more, but for what is under way. */
    public synchronized void unwatch(Consumer<TopicStats> watcher) {
        watchers.remove(watcher);
    }

    private void tell(Consumer<TopicStats> watcher, TopicStats topic) {
        executor.execute(() -> watcher.accept(topic));
    }

    /** Somebody wants to know how long handlers take, until it says that no longer. */
    public void timeHandlers(boolean wanted) {
        timing.addAndGet(wanted ? 1 : -1);
    }

    boolean timesHandlers() {
        return timing.get() > 0;
    }
}
