package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients subscribe with has a bound in the heap: whoever goes beyond it is refused, and what is given back is there again. */
@Timeout(180)
class SubscriptionHeapTest {
    /** Takes some 300 KiB, of which one holder may hold 2 MiB. */
    private static final String KEYS = IntStream.range(0, 500)
            .mapToObj(i -> "\"" + "k".repeat(550) + i + "\"")
            .collect(Collectors.joining(",", "[", "]"));

    private static final int HALF = 2 << 20;

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("gapless.gateway.budget = 4 MiB");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static long used(String share) {
        return (long) gateway.metric("gapless_gateway_budget_used_bytes{share=\"" + share + "\"}");
    }

    private static JsonSocket connect() {
        JsonSocket socket = gateway.webSocket("/api/ws?hold=true");
        socket.await("connected");
        return socket;
    }

    private static void subscribe(JsonSocket socket, String topic, String more) {
        socket.send("{\"type\":\"Subscribe\",\"topic\":\"" + topic + "\",\"id\":7" + more + "}");
    }

    /** {@return to how many topics it is subscribed, t0 and so on} */
    private static int subscribeUntilRefused(JsonSocket socket, String more) {
        for (int i = 0; ; i++) {
            String topic = "t" + i;
            subscribe(socket, topic, more);
            JsonNode answer = socket.next();
            if (answer.path("type").asText().equals("error")) {
                assertEquals("over_budget", answer.path("code").asText());
                assertEquals(topic, answer.path("topic").asText());
                assertEquals(7, answer.path("id").asInt());
                assertTrue(answer.path("message").asText().contains("gapless.gateway.budget"), answer.toString());
                return i;
            }
            assertEquals("subscribed", answer.path("type").asText(), answer.toString());
        }
    }

    @Test
    void filters() {
        String filter = ",\"filter\":{\"keys\":" + KEYS + "}";
        double before = gateway.metric("gapless_gateway_refused_total{code=\"over_budget\"}");
        try (JsonSocket socket = connect()) {
            int topics = subscribeUntilRefused(socket, filter);
            assertTrue(used("filters") > HALF / 2, () -> used("filters") + " bytes");
            assertTrue(gateway.metric("gapless_gateway_refused_total{code=\"over_budget\"}") > before);

            try (JsonSocket other = connect()) { // also of the same address, if it wants little
                subscribe(other, "a", ",\"filter\":{\"keys\":[\"1\",\"2\"]}");
                other.await("subscribed");
            }

            for (int i = 0; i < topics - 1; i++) {
                subscribe(socket, "t" + i, ",\"filter\":{\"type\":\"All\"}");
                socket.await("subscribed");
            }
            socket.send("{\"type\":\"Unsubscribe\",\"topic\":\"t" + (topics - 1) + "\"}");
            socket.await("unsubscribed");
            assertEquals(0, used("filters"));
            assertEquals(topics, subscribeUntilRefused(socket, filter));
        }
        TestGateway.await(() -> used("filters") == 0);
    }

    @Test
    void positions() {
        String from = IntStream.range(0, 1_000)
                .mapToObj(i -> String.format("{\"node\":\"%d\",\"epoch\":\"%016x\",\"seq\":1}", i, i + 1))
                .collect(Collectors.joining(",", ",\"from\":{\"positions\":[", "]}"));
        try (JsonSocket socket = connect()) {
            int topics = subscribeUntilRefused(socket, from);
            assertTrue(topics > 3, () -> topics + " topics");
            assertTrue(used("positions") > HALF / 2, () -> used("positions") + " bytes");
        }
        TestGateway.await(() -> used("positions") == 0);
    }

    @Test
    void anIdIsShort() {
        try (JsonSocket socket = connect()) {
            for (String id : new String[] {"\"" + "x".repeat(1_001) + "\"", "[1]", "{}"}) {
                socket.send("{\"type\":\"Ping\",\"id\":" + id + "}");
                JsonNode error = socket.await("error");
                assertEquals("bad_message", error.path("code").asText());
                assertTrue(error.path("id").isMissingNode(), error.toString());
            }
        }
    }
}
