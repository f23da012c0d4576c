/** The consuming side of a topic: a registration for each producer, and the feed that subscriptions read. */
@NullMarked
package dev.gapless.core.consumer;

import org.jspecify.annotations.NullMarked;
