package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the store has of one topic is damaged, and that is this topic's alone. */
@Timeout(120)
class BrokenLogTest {
    @Test
    void othersGoOnAndStatusAndHealthSayWhichOneIsBroken() {
        try (TestGateway gateway = TestGateway.start("gapless { node-name = broken, durability = journal }")) {
            SilentStores.of("broken").beDamaged("damaged");
            HttpResponse<String> refused = gateway.publish("damaged", "1");
            assertEquals(503, refused.statusCode(), refused.body());
            assertTrue(refused.body().contains("until the store is repaired"), refused.body());
            assertEquals(200, gateway.publish("whole", "1").statusCode());
            HttpResponse<String> ready = gateway.get("/health/ready");
            assertEquals(200, ready.statusCode(), ready.body());
            assertTrue(ready.body().contains("the store of topic damaged is broken"), ready.body());
            String status = gateway.get("/api/status").body();
            assertTrue(status.contains("\"broken\"") && status.contains("record 7 is damaged"), status);
        }
    }
}
