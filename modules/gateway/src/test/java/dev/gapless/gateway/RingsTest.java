package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.Collections;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The rings of topics that clients begin have a bound in the heap, and those of the application do not give way to them. */
@Timeout(180)
class RingsTest {
    private static final int MESSAGES = 300;
    private static final String MESSAGE = "\"" + "x".repeat(2_000) + "\"";
    private static final int HALF = 512 << 10;

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("""
                gapless.gateway.rings = 1 MiB
                gapless.buffer-bytes = 600 KiB
                gapless.topics.named {}
                """);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static HttpResponse<String> publish(String topic, int messages) {
        String lines = String.join("\n", Collections.nCopies(messages, "{\"data\":" + MESSAGE + "}"));
        return gateway.post(TestGateway.path(topic, "messages"), "application/x-ndjson", lines);
    }

    private static void fill(String topic) {
        HttpResponse<String> answer = publish(topic, MESSAGES);
        assertEquals(200, answer.statusCode(), answer.body());
    }

    private static JsonNode ring(String topic) {
        for (JsonNode one : TestGateway.json(gateway.get("/api/status").body()).path("topics")) {
            if (one.path("topic").asText().equals(topic)) {
                return one.path("producers").path(0);
            }
        }
        throw new AssertionError("no topic " + topic);
    }

    @Test
    void topicsThatClientsBeginShareABoundAndThoseOfTheApplicationAreWhole() {
        fill("named");
        JsonNode named = ring("named");
        fill("first");
        JsonSocket reader = gateway.client();
        reader.send("{\"type\":\"Subscribe\",\"topic\":\"first\",\"from\":\"earliest\"}");
        for (int i = 0; i < 5; i++) {
            fill("t" + i);
        }
        assertTrue(gateway.metric("gapless_gateway_rings_bytes") <= HALF);
        assertTrue(gateway.metric("gapless_gateway_rings_bytes") > HALF / 2);
        assertEquals(1 << 20, gateway.metric("gapless_gateway_rings_max_bytes"));
        assertEquals(named, ring("named"), "nothing of it has gone");

        JsonNode first = ring("first");
        assertTrue(first.path("oldest").asLong() > 1, first::toString);
        assertTrue(first.path("bytes").asLong() < HALF / 2, first::toString);
        assertEquals(200, publish("first", 1).statusCode(), "it is as good as before");
    }
}
