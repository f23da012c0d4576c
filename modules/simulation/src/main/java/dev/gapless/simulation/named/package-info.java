/** Named subscriptions, one after the other and at once, with a store that may fail (rule S7): drawn at random, or all that can happen. */
@NullMarked
package dev.gapless.simulation.named;

import org.jspecify.annotations.NullMarked;
