/** An order book beside the exchanges that it shows: what is to be done so that each change has its effect once, whatever fails. */
@NullMarked
package dev.gapless.examples.orderbook;

import org.jspecify.annotations.NullMarked;
