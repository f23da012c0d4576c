/** The messages between producers, readers and node actors: one record each, checked where it is made. */
@NullMarked
package dev.gapless.core.wire;

import org.jspecify.annotations.NullMarked;
