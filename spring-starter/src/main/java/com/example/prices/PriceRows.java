package com.example.prices;

import java.util.List;
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

    public List<Price> readAll() {
        return database.sql("SELECT symbol, amount, version FROM prices")
                .query(Price.class)
                .list();
    }

    /** Writes a price, with a higher version than before. */
    @Transactional
    public Price write(String symbol, double amount) {
        int updated = database.sql("UPDATE prices SET amount = ?, version = version + 1 WHERE symbol = ?")
                .params(amount, symbol)
                .update();
        if (updated == 0) {
            database.sql("INSERT INTO prices (symbol, amount, version) VALUES (?, ?, 1)")
                    .params(symbol, amount)
                    .update();
        }
        return database.sql("SELECT symbol, amount, version FROM prices WHERE symbol = ?")
                .param(symbol)
                .query(Price.class)
                .single();
    }
}
