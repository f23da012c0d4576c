/** What was really published, what subscriptions were given and announced, and whether the guarantees hold between the two. */
@NullMarked
package dev.gapless.simulation.oracle;

import org.jspecify.annotations.NullMarked;
