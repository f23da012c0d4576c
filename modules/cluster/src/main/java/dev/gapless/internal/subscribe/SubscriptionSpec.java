package dev.gapless.internal.subscribe;

import dev.gapless.SubscriptionSettings;
import dev.gapless.Topic;

/**
 * What is read, and who is given it.
 *
 * @param id the subscription's number on its node
 */
public record SubscriptionSpec<T>(
        Topic<T> topic, SubscriptionSettings settings, long id, Recipient<T> recipient, SubscriptionHandle handle) {

    /** The same, given to another one. */
    public SubscriptionSpec<T> by(Recipient<T> other) {
        return new SubscriptionSpec<>(topic, settings, id, other, handle);
    }
}
