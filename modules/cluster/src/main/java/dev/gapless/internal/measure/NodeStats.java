package dev.gapless.internal.measure;

import dev.gapless.NodeStatus.SubscriptionStatus;
import dev.gapless.NodeStatus.Totals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The numbers of a node: by topic for those with the most traffic, together for all beyond {@code gapless.metrics.max-topics}, so that
 * what a monitoring system stores does not grow with the number of topics. At first the topics that appear first have numbers of their
 * own. From time to time one that has more than twice as much traffic takes the place of the one that has least. Thread-safe.
 */
public final class NodeStats {
    /** The name under which topics beyond the bound stand. */
    public static final String OTHER = "other";

    private static final Logger LOG = LoggerFactory.getLogger(NodeStats.class);

    private static final long LOOK_NS = Duration.ofSeconds(5).toNanos();
    /** After so long a message weighs half as much as a new one. */
    private static final long HALF_LIFE_NS = Duration.ofHours(1).toNanos();
    /** So many topics get numbers of their own at one look: what a monitoring system stores grows no faster. */
    private static final int MOST_CHANGES = 10;

    /** Is told which topics have numbers of their own, on any thread, in any order. */
    public interface Watcher {
        /** These are to be shown. */
        void appeared(TopicStats topic);

        /** These have been shown, and are not any more. */
        void vanished(TopicStats topic);
    }

    private final int maxTopics;
    private final Executor executor;
    private final TopicStats other = new TopicStats(OTHER, this::timesHandlers);
    private final Map<String, TopicStats> named = new HashMap<>();
    /** Of all topics that this node takes part in. */
    private final Map<String, TopicMeasure> measures = new HashMap<>();

    /** Of topics that nobody takes part in any more. */
    private Totals before = Totals.NONE;

    private final RecentLosses losses = new RecentLosses();
    private final List<Watcher> watchers = new ArrayList<>();
    private long lookedNs = System.nanoTime();
    private final AtomicInteger timing = new AtomicInteger();
    private volatile int otherClusters;
    private volatile @Nullable String otherCluster;
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

    /** One of them, for people; empty if there is none. */
    public Optional<String> otherCluster() {
        return Optional.ofNullable(otherCluster);
    }

    /**
     * From now on its cluster sees so many.
     *
     * @param which one of them, for people; null if there is none
     * @param isOutnumbered is its own to give way?
     */
    public void otherClusters(int number, @Nullable String which, boolean isOutnumbered) {
        otherClusters = number;
        outnumbered = isOutnumbered;
        otherCluster = which;
    }

    /** Does it see one to which its own should give way? */
    public boolean isOutnumbered() {
        return outnumbered;
    }

    /** That of this topic; for whoever begins to take part in it. */
    public synchronized TopicMeasure topic(String topic) {
        return measures.computeIfAbsent(topic, name -> new TopicMeasure(name, numbers(name)));
    }

    private TopicStats numbers(String topic) {
        TopicStats known = named.get(topic);
        if (known != null) {
            return known;
        }
        if (topic.equals(OTHER) || named.size() >= maxTopics) {
            if (!full) {
                full = true;
                LOG.info(
                        "Topic {}: it has no meters of its own; it is counted as topic '{}', like all but those with the most"
                                + " traffic (gapless.metrics.max-topics is {})",
                        topic,
                        OTHER,
                        maxTopics);
                watchers.forEach(watcher -> executor.execute(() -> watcher.appeared(other)));
            }
            return other;
        }
        return name(topic);
    }

    private TopicStats name(String topic) {
        TopicStats made = new TopicStats(topic, this::timesHandlers);
        named.put(topic, made);
        watchers.forEach(watcher -> executor.execute(() -> watcher.appeared(made)));
        return made;
    }

    // ------------------------------------------------------------------ from time to time

    /** Looks from time to time which topics have the most traffic. Called as often as one likes. */
    public synchronized void look(long nowNs) {
        long sinceNs = nowNs - lookedNs;
        if (sinceNs < LOOK_NS) {
            return;
        }
        lookedNs = nowNs;
        measures.values().removeIf(one -> {
            boolean goes = one.isUnusedAgain() && !named.containsKey(one.topic());
            before = goes ? before.plus(one.totals()) : before;
            return goes;
        });
        double kept = Math.pow(0.5, (double) sinceNs / HALF_LIFE_NS);
        measures.values().forEach(one -> one.weigh(kept));
        int changes = 0;
        while (full && changes < MOST_CHANGES && change()) {
            changes++;
        }
    }

    /** {@return whether a topic has got numbers of its own} */
    private boolean change() {
        TopicMeasure most = null;
        TopicMeasure least = null;
        for (TopicMeasure one : measures.values()) {
            if (named.containsKey(one.topic())) {
                least = least == null || one.weight() < least.weight() ? one : least;
            } else if (!one.topic().equals(OTHER)) {
                most = most == null || one.weight() > most.weight() ? one : most;
            }
        }
        if (most == null || least == null || most.weight() < 1 || most.weight() <= 2 * least.weight()) {
            return false;
        }
        TopicStats gone = least.shown();
        named.remove(least.topic());
        least.count(other);
        watchers.forEach(watcher -> executor.execute(() -> watcher.vanished(gone)));
        most.count(name(most.topic()));
        return true;
    }

    // ------------------------------------------------------------------ for those who measure

    /** Those of all topics there are. */
    public synchronized Collection<TopicStats> topics() {
        List<TopicStats> all = new ArrayList<>(named.values());
        if (full) {
            all.add(other);
        }
        return all;
    }

    /** What was counted of each topic that the node takes part in. */
    public synchronized Map<String, Totals> totals() {
        Map<String, Totals> all = new HashMap<>();
        measures.forEach((topic, one) -> all.put(topic, one.totals()));
        return all;
    }

    /** What was counted since the node began, of topics that nobody takes part in any more, too. */
    public synchronized Totals total() {
        Totals sum = before;
        for (TopicMeasure one : measures.values()) {
            sum = sum.plus(one.totals());
        }
        return sum;
    }

    /** The latest losses. */
    public RecentLosses losses() {
        return losses;
    }

    /** Subscriptions that no consumer has yet, by topic: they wait for their store. */
    public Map<String, List<SubscriptionStatus>> waitingForStore(long nowNs) {
        Map<String, List<SubscriptionStatus>> waiting = new HashMap<>();
        for (TopicStats topic : topics()) {
            for (SubscriptionStats subscription : topic.subscriptions()) {
                if (subscription.state() == SubscriptionStats.State.WAITING_FOR_STORE) {
                    waiting.computeIfAbsent(subscription.topic(), first -> new ArrayList<>())
                            .add(subscription.status(nowNs));
                }
            }
        }
        return waiting;
    }

    /** The watcher is told of those there are, here, and of each that comes and goes. */
    public void watch(Watcher watcher) {
        Collection<TopicStats> present;
        synchronized (this) {
            present = topics();
            watchers.add(watcher);
        }
        present.forEach(watcher::appeared);
    }

    /** The watcher is told nothing more, but for what is under way. */
    public synchronized void unwatch(Watcher watcher) {
        watchers.remove(watcher);
    }

    /** Somebody wants to know how long handlers take, until it says that no longer. */
    public void timeHandlers(boolean wanted) {
        timing.addAndGet(wanted ? 1 : -1);
    }

    boolean timesHandlers() {
        return timing.get() > 0;
    }
}
