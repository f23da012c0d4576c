/** Faults planted into the core on purpose: whatever judges the core must notice each of them. */
@NullMarked
package dev.gapless.simulation.mutation;

import org.jspecify.annotations.NullMarked;
