/**
 * What a node has received for a topic, in one order, and how positions of different lives of a producer compare.
 *
 * <p>{@link dev.gapless.core.feed.Feed} stores. What it knows of each producer are its chains, what it keeps for subscriptions its cursors
 * say. A position is {@link dev.gapless.core.feed.Placed}: in a stretch of messages that {@link dev.gapless.core.feed.Eras} has counted,
 * after the end of one, or where a token says.
 */
@NullMarked
package dev.gapless.core.feed;

import org.jspecify.annotations.NullMarked;
