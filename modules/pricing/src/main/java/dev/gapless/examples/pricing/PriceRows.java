package dev.gapless.examples.pricing;

import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** The table of the database, which is the source of truth. */
@Repository
public class PriceRows {
    private final JdbcClient database;

    PriceRows(JdbcClient database) {
        this.database = database;
    }

    /** All prices that are not deleted. */
    public List<Price> readAll() {
        return database.sql("SELECT symbol, amount, version FROM price WHERE NOT deleted")
                .query(Price.class)
                .list();
    }

    /** Writes a price, with a higher version than before. */
    @Transactional
    public Price write(String symbol, double amount) {
        int updated = database.sql(
                        "UPDATE price SET amount = ?, version = version + 1, deleted = FALSE WHERE symbol = ?")
                .params(amount, symbol)
                .update();
        if (updated == 0) {
            database.sql("INSERT INTO price (symbol, amount, version, deleted) VALUES (?, ?, 1, FALSE)")
                    .params(symbol, amount)
                    .update();
        }
        return read(symbol);
    }

    /** Deletes a price: the row stays, and keeps the version. {@return what it was, with the version of the deletion} */
    @Transactional
    public Optional<Price> delete(String symbol) {
        int updated = database.sql(
                        "UPDATE price SET version = version + 1, deleted = TRUE WHERE symbol = ? AND NOT deleted")
                .param(symbol)
                .update();
        return updated == 0 ? Optional.empty() : Optional.of(read(symbol));
    }

    private Price read(String symbol) {
        return database.sql("SELECT symbol, amount, version FROM price WHERE symbol = ?")
                .param(symbol)
                .query(Price.class)
                .single();
    }
}
