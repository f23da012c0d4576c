package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a browser asks and is told for a page of another origin, step by step: the preflight, the request, and the reconnect. */
@Timeout(120)
class CrossOriginTest {
    private static final String APP = "https://app.example";

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("gapless { node-name = n1, gateway.allowed-origins = [\"" + APP + "\"] }");
    }

    @AfterAll
    static void end() {
        gateway.close();
    }

    private static HttpResponse<String> preflight(String path, String origin, String method, String headers)
            throws Exception {
        return gateway.http.send(
                HttpRequest.newBuilder(gateway.uri(path))
                        .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                        .header("Origin", origin)
                        .header("Access-Control-Request-Method", method)
                        .header("Access-Control-Request-Headers", headers)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    /** As the Fetch standard compares: without case, item by item. */
    private static boolean lists(String list, String item) {
        return Arrays.stream(list.split(",")).anyMatch(one -> one.strip().equalsIgnoreCase(item));
    }

    @Test
    void aPreflightOfEachPathAllowsWhatClientsSend() throws Exception {
        for (String path : List.of(
                TestGateway.path("t", "messages"),
                TestGateway.path("t", "events"),
                "/api/ws",
                "/api/status",
                "/api/health",
                "/health/live",
                "/health/ready",
                "/metrics")) {
            HttpResponse<String> answer = preflight(path, APP, "GET", "last-event-id");
            assertEquals(204, answer.statusCode(), path);
            assertEquals(APP, header(answer, "Access-Control-Allow-Origin"), path);
            assertTrue(lists(header(answer, "Vary"), "Origin"), path);
            assertTrue(lists(header(answer, "Access-Control-Allow-Methods"), "POST"), path);
            assertTrue(lists(header(answer, "Access-Control-Allow-Methods"), "GET"), path);
            for (String name : List.of(
                    "last-event-id", "content-type", "idempotency-key", "authorization", "traceparent", "tracestate")) {
                assertTrue(lists(header(answer, "Access-Control-Allow-Headers"), name), path + ": " + name);
            }
            assertTrue(Integer.parseInt(header(answer, "Access-Control-Max-Age")) >= 60, path);
        }
    }

    @Test
    void aPreflightOfAnOriginThatIsNotAllowedIsRefused() throws Exception {
        HttpResponse<String> answer =
                preflight(TestGateway.path("t", "events"), "https://evil.example", "GET", "last-event-id");
        assertEquals(403, answer.statusCode());
        assertEquals("", header(answer, "Access-Control-Allow-Origin"));
    }

    @Test
    void aReconnectGoesOnAndARefusalMayBeReadWithItsWait() {
        gateway.publish("reconnects", "1");
        gateway.publish("reconnects", "2");
        String path = TestGateway.path("reconnects", "events");
        EventStream first = gateway.events(path + "?from=earliest", "Origin", APP, "Sec-Fetch-Site", "cross-site");
        String id = first.next(2).get(0).id();
        EventStream again = gateway.events(
                path, "Origin", APP, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "cors", "Last-Event-ID", id);
        assertEquals(2, again.next(1).get(0).data().get("data").intValue());
        HttpResponse<String> refused = gateway.get(path + "?on_lag=never", "Origin", APP);
        assertEquals(400, refused.statusCode());
        assertEquals(APP, header(refused, "Access-Control-Allow-Origin"));
        assertTrue(lists(header(refused, "Access-Control-Expose-Headers"), "Retry-After"));
    }

    @Test
    void aPageOfAnotherSiteThatSendsNoOriginOpensNothing() {
        for (String site : List.of("cross-site", "same-site")) {
            for (String path : List.of(TestGateway.path("t", "events"), "/api/ws", "/api/status")) {
                HttpResponse<String> answer = gateway.get(path, "Sec-Fetch-Site", site, "Sec-Fetch-Mode", "no-cors");
                assertEquals(403, answer.statusCode(), path);
                assertTrue(answer.body().contains("forbidden_origin"), answer::body);
            }
            assertEquals(
                    403,
                    gateway.post(TestGateway.path("t", "messages"), "application/json", "1", "Sec-Fetch-Site", site)
                            .statusCode());
        }
        assertEquals(
                200, gateway.get("/api/status", "Sec-Fetch-Site", "same-origin").statusCode());
        assertEquals(200, gateway.get("/api/status", "Sec-Fetch-Site", "none").statusCode(), "typed by its user");
    }
}
