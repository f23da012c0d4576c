/**
 * A node's copies of the logs of a topic's producers: the messages that were pushed to it, and older ones that it fetched.
 *
 * <p>Not used yet, like {@link dev.gapless.core.place}.
 */
@NullMarked
package dev.gapless.core.copy;

import org.jspecify.annotations.NullMarked;
