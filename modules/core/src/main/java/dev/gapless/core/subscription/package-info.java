/**
 * One reader of a feed: its position in every producer, its reloads and its token.
 *
 * <p>{@link dev.gapless.core.subscription.FeedSubscription} is what its consumer uses; others see a {@link
 * dev.gapless.core.delivery.SubscriptionState}. Where it stands is one immutable value, which it replaces as a whole.
 */
@NullMarked
package dev.gapless.core.subscription;

import org.jspecify.annotations.NullMarked;
