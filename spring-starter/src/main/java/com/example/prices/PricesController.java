package com.example.prices;

import dev.gapless.Gapless;
import dev.gapless.Producer;
import dev.gapless.Table;
import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Reads the table, and publishes what it has written. */
// shown in docs/spring.md
@RestController
public class PricesController {
    private final Table<Price> prices;
    private final PriceRows rows;
    private final Producer<Price> producer;

    PricesController(Table<Price> prices, PriceRows rows, Gapless gapless) {
        this.prices = prices;
        this.rows = rows;
        this.producer = gapless.producer(PricesApplication.PRICES);
    }

    @GetMapping("/prices")
    Map<String, Price> all() {
        return prices.view().rows();
    }

    @PutMapping("/prices/{symbol}")
    Price change(@PathVariable String symbol, @RequestParam double amount) {
        Price written = rows.write(symbol, amount); // first: the transaction is committed
        producer.publish(symbol, written).toCompletableFuture().join();
        return written;
    }
}
// end
