/**
 * What a node has received for a topic, in one order, and where a subscription stands in it.
 *
 * <p>{@link dev.gapless.core.feed.Feed} stores. What it knows of each {@link dev.gapless.core.feed.Stream} are its chains, what it keeps for
 * subscriptions its cursors say. Where a subscription stands is a {@link dev.gapless.core.feed.Frontier}: a {@link
 * dev.gapless.core.feed.Place} for each stream.
 */
@NullMarked
package dev.gapless.core.feed;

import org.jspecify.annotations.NullMarked;
