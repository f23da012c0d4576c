package dev.gapless.internal.report;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Event;
import dev.gapless.internal.measure.NodeStats;
import dev.gapless.internal.measure.SubscriptionStats;
import dev.gapless.internal.measure.TopicStats;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds recipients that hold the same event for too long, by looking again and again: a handler that never returns cannot say so
 * itself. Handlers that block take the dispatcher's threads: it finds the subscriptions, too, that wait for one. One thread at a time.
 */
public final class SlowHandlers {
    private static final Logger LOG = LoggerFactory.getLogger(SlowHandlers.class);
    private static final Duration LONGEST = Duration.ofSeconds(1);
    private static final Duration SHORTEST = Duration.ofMillis(10);

    private final String node;
    private final NodeStats stats;
    private final Duration warning;
    private final String dispatcher;
    private long warnOfWaitingNs;

    /**
     * Warns after this long; never, if it is zero.
     *
     * @param dispatcher where handlers run
     */
    public SlowHandlers(String node, NodeStats stats, Duration warning, String dispatcher) {
        this.node = node;
        this.stats = stats;
        this.warning = warning;
        this.dispatcher = dispatcher;
        this.warnOfWaitingNs = warning.toNanos();
    }

    /** Between two looks. */
    public Duration interval() {
        Duration part = warning.dividedBy(4);
        return warning.isZero() || part.compareTo(LONGEST) > 0
                ? LONGEST
                : part.compareTo(SHORTEST) < 0 ? SHORTEST : part;
    }

    /** Subscriptions that have something to read, and no thread to read it, in one look. */
    private static final class Waiting {
        int count;
        int holding;
        long longestNs;

        @Nullable SubscriptionStats first;

        void add(SubscriptionStats subscription, long waitedNs) {
            count++;
            if (first == null || waitedNs > longestNs) {
                first = subscription;
                longestNs = waitedNs;
            }
        }
    }

    public void look(long nowNs) {
        Waiting waiting = new Waiting();
        for (TopicStats topic : stats.topics()) {
            for (SubscriptionStats subscription : topic.subscriptions()) {
                Event<?> event = subscription.look(nowNs);
                long waitedNs = subscription.lookForWakeup(event != null, nowNs);
                if (event != null) {
                    waiting.holding++; // it has something to do before it reads on
                } else if (waitedNs >= warning.toNanos()) {
                    waiting.add(subscription, waitedNs);
                }
                if (event != null && !warning.isZero() && subscription.isToWarn(warning.toNanos(), nowNs)) {
                    warn(subscription, event, nowNs);
                }
            }
        }
        warnOfWaiting(waiting);
    }

    private void warnOfWaiting(Waiting waiting) {
        SubscriptionStats first = waiting.first;
        if (first == null) {
            warnOfWaitingNs = warning.toNanos();
        } else if (!warning.isZero() && waiting.longestNs >= warnOfWaitingNs) {
            warnOfWaitingNs = 2 * waiting.longestNs;
            LOG.warn(
                    "Node {}: {} subscriptions have messages and wait for a thread of {}, subscription {} to topic {} for {} s."
                            + " {} handlers hold a message. Handlers that block need a thread each: raise"
                            + " {}.thread-pool-executor.fixed-pool-size, or use an AsyncMessageHandler",
                    node,
                    waiting.count,
                    dispatcher,
                    first.id(),
                    first.topic(),
                    waiting.longestNs / 1_000_000_000L,
                    waiting.holding,
                    dispatcher);
        }
    }

    private void warn(SubscriptionStats subscription, Event<?> event, long nowNs) {
        LOG.warn(
                "Topic {}: subscription {} on node {} has not been done with {} for {} s (gapless.slow-handler-warning)."
                        + " It is given nothing more than it may hold until then, and falls behind",
                subscription.topic(),
                subscription.id(),
                node,
                describe(event),
                subscription.holdingNs(nowNs) / 1_000_000_000L);
    }

    private static String describe(Event<?> event) {
        if (event instanceof Delivery<?> delivery) {
            return "message " + delivery.position() + " of producer " + delivery.node() + ", key "
                    + LossLog.quote(delivery.key());
        } else if (event instanceof CursorExpired<?> expired) {
            return "the reload for " + expired.gaps();
        }
        return event.getClass().getSimpleName();
    }
}
