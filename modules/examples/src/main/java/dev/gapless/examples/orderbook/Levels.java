package dev.gapless.examples.orderbook;

import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;

/** The table of quantities, which exchanges and stored order books both have. */
final class Levels {
    /** The number is that of a level's last change. */
    static final String TABLE = "level(exchange VARCHAR, side VARCHAR, price BIGINT, quantity BIGINT,"
            + " number BIGINT DEFAULT 0, PRIMARY KEY (exchange, side, price))";

    private Levels() {}

    /** Changes a quantity; {@return what it is then} */
    static long change(Database transaction, String exchange, long number, Side side, long price, long quantity)
            throws SQLException {
        String level = "exchange = ? AND side = ? AND price = ?";
        int changed = transaction.update(
                "UPDATE level SET quantity = quantity + ?, number = ? WHERE " + level,
                quantity,
                number,
                exchange,
                side.name(),
                price);
        if (changed == 0) {
            transaction.update(
                    "INSERT INTO level VALUES (?, ?, ?, ?, ?)", exchange, side.name(), price, quantity, number);
        }
        return transaction
                .read(
                        "SELECT quantity FROM level WHERE " + level,
                        row -> 1,
                        row -> row.getLong(1),
                        exchange,
                        side.name(),
                        price)
                .getOrDefault(1, quantity);
    }

    static Map<Level, Long> read(Database transaction) throws SQLException {
        return transaction.read(
                "SELECT * FROM level WHERE quantity <> 0",
                row -> new Level(row.getString("exchange"), Side.valueOf(row.getString("side")), row.getLong("price")),
                row -> row.getLong("quantity"));
    }

    /** All that an exchange ever had, also those of which nothing is left: they say at which number. */
    static Collection<Change> rows(Database transaction) throws SQLException {
        Map<Integer, Change> rows = transaction.read(
                "SELECT * FROM level",
                row -> row.getRow(),
                row -> new Change(
                        row.getString("exchange"),
                        row.getLong("number"),
                        Side.valueOf(row.getString("side")),
                        row.getLong("price"),
                        0,
                        row.getLong("quantity")));
        return rows.values();
    }
}
