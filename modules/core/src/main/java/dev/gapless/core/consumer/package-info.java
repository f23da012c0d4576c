/**
 * The consuming side of a topic: a registration for each producer, and the feed that subscriptions read.
 *
 * <p>{@link dev.gapless.core.consumer.FeedConsumer} is what is made of it; others see a {@link dev.gapless.core.delivery.TopicConsumer}.
 */
@NullMarked
package dev.gapless.core.consumer;

import org.jspecify.annotations.NullMarked;
