package dev.gapless.examples.orderbook;

import dev.gapless.examples.CborMessage;

/**
 * The quantity at one price has changed. Applying it twice is wrong, and so is leaving it out.
 *
 * @param number counts the changes of one exchange, from 1 on, over all of its incarnations
 * @param quantity by how much
 */
public record Change(long number, Side side, long price, long quantity) implements CborMessage {}
