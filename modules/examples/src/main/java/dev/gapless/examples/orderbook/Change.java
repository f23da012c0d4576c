package dev.gapless.examples.orderbook;

import dev.gapless.examples.CborMessage;

/**
 * The quantity at one price of an exchange has changed. Who applies {@code quantity} must not do it twice, nor leave it out; {@code total} and
 * the number make a row of a table.
 *
 * @param number counts the changes of one exchange, from 1 on, over all of its incarnations
 * @param quantity by how much; 0 if this was read from the database
 * @param total how much is on offer then
 */
public record Change(String exchange, long number, Side side, long price, long quantity, long total)
        implements CborMessage {
    Level level() {
        return new Level(exchange, side, price);
    }

    String key() {
        return exchange + "/" + side + "/" + price;
    }
}
