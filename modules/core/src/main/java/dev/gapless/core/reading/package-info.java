/**
 * How a subscription reads the producers of its topic, each by itself: what it is told, and what it is given.
 *
 * <p>Used by {@link dev.gapless.core.topic} alone.
 */
@NullMarked
package dev.gapless.core.reading;

import org.jspecify.annotations.NullMarked;
