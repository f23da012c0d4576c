package com.example.prices;

import dev.gapless.Gapless;
import dev.gapless.Table;
import dev.gapless.TableSource;
import dev.gapless.Topic;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** Each node has all prices in memory, in step with the database. */
// shown in docs/spring.md
@SpringBootApplication
public class PricesApplication {
    static final Topic<Price> PRICES = Topic.of("prices", Price.class);

    public static void main(String[] args) {
        SpringApplication.run(PricesApplication.class, args);
    }

    @Bean
    Table<Price> prices(Gapless gapless, PriceRows rows) { // closed with the application, after the web server
        return gapless.table(PRICES, TableSource.versioned(rows::readAll, Price::symbol, Price::version));
    }
}
// end
