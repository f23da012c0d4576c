/** What of the simulation knows how consumers and subscriptions are made. Everything else sees of them what a driver sees. */
@NullMarked
package dev.gapless.simulation.inside;

import org.jspecify.annotations.NullMarked;
