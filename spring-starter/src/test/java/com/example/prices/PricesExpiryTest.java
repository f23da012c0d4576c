package com.example.prices;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gapless.Table;
import dev.gapless.spring.GaplessTestKitConfiguration;
import dev.gapless.testkit.GaplessTestKit;
import dev.gapless.testkit.TestNode;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;

/** The whole application on a node of the test kit: an expiry, and what the table makes of it. */
// shown in docs/spring.md
@SpringBootTest(properties = "spring.datasource.url=jdbc:h2:mem:prices")
@Import(GaplessTestKitConfiguration.class)
class PricesExpiryTest {
    @Autowired
    private GaplessTestKit kit;

    @Autowired
    private Table<Price> prices;

    @Autowired
    private PriceRows rows;

    @Test
    void readsTheRowsAgainWhenItMissedAMessage() {
        TestNode other = kit.node("other");
        Price first = rows.write("EURUSD", 1.0834);
        other.publish(PricesApplication.PRICES, "EURUSD", first);
        assertEquals(first, prices.get("EURUSD"));

        Price missed = rows.write("EURUSD", 1.0835);
        other.overrun(PricesApplication.PRICES); // the message of this change never arrives

        assertEquals(missed, prices.get("EURUSD"));
    }
}
// end
