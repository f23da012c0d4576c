/** Faults that are planted into the sources of other modules, one at a time, to see that their tests notice them. */
@NullMarked
package dev.gapless.planted;

import org.jspecify.annotations.NullMarked;
