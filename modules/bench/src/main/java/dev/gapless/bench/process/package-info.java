/** One process of a round: the publisher, or a subscriber. It sends or checks messages, and measures itself. */
@NullMarked
package dev.gapless.bench.process;

import org.jspecify.annotations.NullMarked;
