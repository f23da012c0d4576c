/**
 * Order books beside the exchanges that they show: {@link dev.gapless.examples.orderbook.OrderBook} is a table, in memory;
 * {@link dev.gapless.examples.orderbook.StoredOrderBook} does by hand what is to be done so that each change has its effect once in a database,
 * whatever fails.
 */
@NullMarked
package dev.gapless.examples.orderbook;

import org.jspecify.annotations.NullMarked;
