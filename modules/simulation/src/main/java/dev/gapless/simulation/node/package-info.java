/** A node without actors, threads and sockets. */
@NullMarked
package dev.gapless.simulation.node;

import org.jspecify.annotations.NullMarked;
