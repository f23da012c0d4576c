package dev.gapless.core.consumer;

import dev.gapless.core.subscription.SubscriptionState;
import java.util.Set;

/** An open subscription. */
final class Open {
    final SubscriptionState subscription;
    final long reader;
    Set<Long> awaited = Set.of();
    boolean ready;
    long readyUntilNs;

    Open(SubscriptionState subscription, long reader) {
        this.subscription = subscription;
        this.reader = reader;
    }
}
