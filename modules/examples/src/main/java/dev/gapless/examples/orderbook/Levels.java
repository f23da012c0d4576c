package dev.gapless.examples.orderbook;

import java.sql.SQLException;
import java.util.Map;

/** The table of quantities, which exchanges and order books both have. */
final class Levels {
    static final String TABLE = "level(exchange VARCHAR, side VARCHAR, price BIGINT, quantity BIGINT,"
            + " PRIMARY KEY (exchange, side, price))";

    private Levels() {}

    /** Changes a quantity. */
    static void change(Database transaction, String exchange, Change change) throws SQLException {
        Object[] level = {exchange, change.side().name(), change.price()};
        int changed = transaction.update(
                "UPDATE level SET quantity = quantity + ? WHERE exchange = ? AND side = ? AND price = ?",
                change.quantity(),
                level[0],
                level[1],
                level[2]);
        if (changed == 0) {
            transaction.update(
                    "INSERT INTO level VALUES (?, ?, ?, ?)", level[0], level[1], level[2], change.quantity());
        }
    }

    static Map<Level, Long> read(Database transaction) throws SQLException {
        return transaction.read(
                "SELECT * FROM level WHERE quantity <> 0",
                row -> new Level(row.getString("exchange"), Side.valueOf(row.getString("side")), row.getLong("price")),
                row -> row.getLong("quantity"));
    }
}
