package dev.gapless.examples.pricing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gapless.spring.GaplessTestKitConfiguration;
import dev.gapless.testkit.GaplessTestKit;
import dev.gapless.testkit.TestNode;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.ActiveProfiles;

/** A publisher, in one process with a test kit: its table and its cache follow what it writes, and what another one has written. */
@SpringBootTest(properties = "spring.datasource.url=jdbc:h2:mem:pricing")
@Import(GaplessTestKitConfiguration.class)
@ActiveProfiles("publisher")
class PricingApplicationTest {
    @Autowired
    private GaplessTestKit kit;

    @Autowired
    private PriceRows rows;

    @Autowired
    private ReadController read;

    @Autowired
    private PublishController publish;

    private void shows(Map<String, Price> prices) {
        kit.pass(Duration.ofMinutes(1));
        assertThat(read.prices()).isEqualTo(prices);
        assertThat(read.cached()).isEqualTo(prices);
    }

    @Test
    void tableAndCacheFollow() {
        Price first = publish.write("EURUSD", 1.0834);
        shows(Map.of("EURUSD", first));
        Price second = publish.write("EURUSD", 1.0835);
        assertThat(second).isEqualTo(new Price("EURUSD", 1.0835, 2));
        shows(Map.of("EURUSD", second));

        assertThat(publish.delete("EURUSD")).contains(new Price("EURUSD", 1.0835, 3));
        assertThat(publish.delete("EURUSD")).isEmpty();
        shows(Map.of());
        Price again = publish.write("EURUSD", 1.09);
        assertThat(again.version()).isEqualTo(4);
        shows(Map.of("EURUSD", again));

        TestNode other = kit.node("other");
        other.publish(PricingApplication.PRICES, "XAU", rows.write("XAU", 2011));
        Price missed = rows.write("XAU", 2012);
        other.overrun(PricingApplication.PRICES);
        shows(Map.of("EURUSD", again, "XAU", missed));
    }
}
