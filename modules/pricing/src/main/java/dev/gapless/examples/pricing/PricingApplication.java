package dev.gapless.examples.pricing;

import dev.gapless.Gapless;
import dev.gapless.Table;
import dev.gapless.TableSource;
import dev.gapless.Topic;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** Each instance has all prices in memory, in step with the database. */
@SpringBootApplication
public class PricingApplication {
    static final Topic<Price> PRICES = Topic.of("prices", Price.class);

    public static void main(String[] args) {
        SpringApplication.run(PricingApplication.class, args);
    }

    @Bean
    Table<Price> prices(Gapless gapless, PriceRows rows) {
        return gapless.table(PRICES, TableSource.versioned(rows::readAll, Price::symbol, Price::version));
    }
}
