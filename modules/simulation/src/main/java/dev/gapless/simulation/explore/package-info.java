/** Every state that a small cluster of real nodes can get into, one after the other. */
@NullMarked
package dev.gapless.simulation.explore;

import org.jspecify.annotations.NullMarked;
