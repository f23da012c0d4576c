/**
 * The consuming side of one topic on one node: who its producers are, the copies of their logs, and the subscriptions that read them.
 *
 * <p>Not used yet, like {@link dev.gapless.core.place}.
 */
@NullMarked
package dev.gapless.core.topic;

import org.jspecify.annotations.NullMarked;
