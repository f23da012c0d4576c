/**
 * How a subscription reads the producers of its topic, each by itself: what it is told, and what it is given.
 *
 * <p>Not used yet, like {@link dev.gapless.core.place}.
 */
@NullMarked
package dev.gapless.core.reading;

import org.jspecify.annotations.NullMarked;
