/**
 * The protocol of Gapless as a library that does nothing by itself: inputs and the time go in, effects come out. It
 * reads no clock, no random source and no network.
 */
@NullMarked
package dev.gapless.core;

import org.jspecify.annotations.NullMarked;
