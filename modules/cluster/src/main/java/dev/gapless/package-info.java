/** Publish and subscribe in a Pekko cluster: each subscriber gets every event once and in order, or is told the gap. */
@NullMarked
package dev.gapless;

import org.jspecify.annotations.NullMarked;
