/**
 * A node's copies of the logs of a topic's producers: the messages that were pushed to it, and older ones that it fetched.
 *
 * <p>Used by {@link dev.gapless.core.topic} alone.
 */
@NullMarked
package dev.gapless.core.copy;

import org.jspecify.annotations.NullMarked;
