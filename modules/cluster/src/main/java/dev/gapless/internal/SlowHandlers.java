package dev.gapless.internal;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Event;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds recipients that hold the same event for too long, by looking again and again: a handler that never returns cannot say so
 * itself. One thread at a time.
 */
final class SlowHandlers {
    private static final Logger LOG = LoggerFactory.getLogger(SlowHandlers.class);
    private static final Duration LONGEST = Duration.ofSeconds(1);
    private static final Duration SHORTEST = Duration.ofMillis(10);

    private final String node;
    private final NodeStats stats;
    private final Duration warning;

    /** Warns after this long; never, if it is zero. */
    SlowHandlers(String node, NodeStats stats, Duration warning) {
        this.node = node;
        this.stats = stats;
        this.warning = warning;
    }

    /** Between two looks. */
    Duration interval() {
        Duration part = warning.dividedBy(4);
        return warning.isZero() || part.compareTo(LONGEST) > 0
                ? LONGEST
                : part.compareTo(SHORTEST) < 0 ? SHORTEST : part;
    }

    void look(long nowNs) {
        for (TopicStats topic : stats.topics()) {
            for (SubscriptionStats subscription : topic.subscriptions()) {
                Event<?> event = subscription.look(nowNs);
                if (event != null && !warning.isZero() && subscription.isToWarn(warning.toNanos(), nowNs)) {
                    warn(subscription, event, nowNs);
                }
            }
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
