package dev.gapless.core.node;

import dev.gapless.core.delivery.SubscriptionState;

/** What comes of opening a subscription. */
public sealed interface Opened {

    /** It is open; its driver reads it. */
    record Subscription(SubscriptionState state) implements Opened {}

    /** The node has consumers of so many topics already, the most that it may have. */
    record TooManyTopics(int most) implements Opened {}

    /** The node leaves. */
    record Leaving() implements Opened {}
}
