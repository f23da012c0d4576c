package dev.gapless.internal.subscribe;

import dev.gapless.core.delivery.SubscriptionState;
import dev.gapless.internal.measure.SubscriptionStats;
import java.util.Set;

/** Who reads a subscription: told by the consumer's shard, on its thread; whatever it does, it does elsewhere, unless it never blocks. */
public interface SubscriptionListener {
    SubscriptionStats stats();

    /** It is open: read it from now on. */
    void opened(SubscriptionState state, Feedback.Sink feedback);

    /** There may be something new. */
    void wake();

    /** It is ready, without these members. */
    void ready(Set<String> silent);

    /** The node shuts down. */
    void shutdown();

    /** It could not be opened. */
    void refused(RuntimeException cause);
}
