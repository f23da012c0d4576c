package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.gapless.Topic;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that are there for their connection, and take nothing. */
@Timeout(120)
class VanishedClientTest {
    private static final String WINDOW = "jdk.httpclient.windowsize";

    private static long clients(TestGateway gateway) {
        return TestGateway.json(gateway.get("/api/status").body())
                .at("/gateway/clients")
                .size();
    }

    @Test
    void aStreamOfHttp2ThatStallsIsEndedWhileOthersOfItsConnectionGoOn() throws Exception {
        System.setProperty(WINDOW, "16384"); // read when a client is made
        try (TestGateway gateway = TestGateway.start("gapless { node-name = n1, gateway.write-timeout = 1s }")) {
            HttpClient http =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
            HttpRequest health =
                    HttpRequest.newBuilder(gateway.uri("/api/health")).build();
            assertEquals(
                    HttpClient.Version.HTTP_2,
                    http.send(health, HttpResponse.BodyHandlers.discarding()).version());
            var events = http.send(
                    HttpRequest.newBuilder(gateway.uri(TestGateway.path("stalls", "events")))
                            .build(),
                    HttpResponse.BodyHandlers.ofPublisher()); // which nobody subscribes to
            assertEquals(HttpClient.Version.HTTP_2, events.version());
            TestGateway.await(() -> clients(gateway) == 1);
            var producer = gateway.gapless().producer(Topic.of("stalls", JsonNode.class));
            for (int i = 0; i < 20; i++) {
                TestGateway.get(producer.publish(TextNode.valueOf("x".repeat(10_000))));
            }
            long served = 0;
            while (clients(gateway) > 0) { // until the test's timeout
                assertEquals(
                        200,
                        http.send(health, HttpResponse.BodyHandlers.discarding())
                                .statusCode());
                served++;
            }
            assertTrue(served > 0, "the connection was used meanwhile");
            assertTrue(
                    gateway.get("/metrics").body().contains("gapless_gateway_closed_total{status=\"4410\"} 1"),
                    () -> gateway.get("/metrics").body());
        } finally {
            System.clearProperty(WINDOW);
        }
    }
}
