/**
 * The consuming side of one topic on one node: who its producers are, the copies of their logs, and the subscriptions that read them.
 *
 * <p>Built beside {@link dev.gapless.core.consumer}, whose place it is to take. It runs where {@link dev.gapless.core.node.ShardSettings#isByPlaces}.
 */
@NullMarked
package dev.gapless.core.topic;

import org.jspecify.annotations.NullMarked;
