package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A body that does not arrive is the client's doing, or the network's: it is told so, and is no failure of the gateway. */
@Timeout(120)
class BrokenBodyTest {
    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("gapless.gateway { idle-timeout = 2s, max-body-bytes = 1 KiB }");
    }

    @AfterAll
    static void end() {
        gateway.close();
    }

    private static RawSocket lines(String topic, String headers, String body) {
        return new RawSocket(gateway.gateway().port())
                .send("POST " + TestGateway.path(topic, "messages") + " HTTP/1.1\r\nHost: localhost\r\n"
                        + "Content-Type: application/x-ndjson\r\n" + headers + "\r\n" + body);
    }

    private static void assertTold(String answer, int status, String code, int accepted, int line) {
        assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
        JsonNode problem = TestGateway.json(answer.substring(answer.indexOf("\r\n\r\n") + 4));
        assertEquals("urn:gapless:" + code, problem.path("type").asText(), answer);
        assertEquals(accepted, problem.path("accepted").asInt(-1), answer);
        assertEquals(line, problem.path("line").asInt(-1), answer);
        assertNoFailure();
    }

    private static void assertNoFailure() {
        List<String> failed = gateway.get("/metrics")
                .body()
                .lines()
                .filter(line -> line.contains("code=\"failed\""))
                .toList();
        assertTrue(failed.size() == 1 && failed.get(0).endsWith(" 0.0"), failed::toString);
    }

    @Test
    void oneThatIsCutOffIsTheClientsMatter() {
        try (RawSocket cut = lines("cut", "Content-Length: 1000\r\n", "{\"data\":1}\n{\"da")) {
            cut.shutdownOutput();
            assertTold(cut.readAll(), 400, "body_incomplete", 1, 2);
        }
    }

    @Test
    void chunksThatAreNoneAreTheClientsMatter() {
        try (RawSocket malformed =
                lines("malformed", "Transfer-Encoding: chunked\r\n", "b\r\n{\"data\":1}\n\r\nzz\r\n{\"data\":2}")) {
            assertTold(malformed.readAll(), 400, "body_incomplete", 1, 2);
        }
    }

    @Test
    void aQuietOneIsTooSlowBetweenItsLinesToo() {
        try (RawSocket quiet = lines("quiet", "Transfer-Encoding: chunked\r\n", "b\r\n{\"data\":1}\n\r\n")) {
            assertTold(quiet.readAll(), 408, "too_slow", 1, 2);
        }
    }

    /** Nobody is there to be told; who asks with the key is. */
    @Test
    void whatWasPublishedOfOneThatWasResetIsToldToWhoAsks() {
        String key = "Idempotency-Key: reset\r\n";
        RawSocket reset = lines("reset", key + "Content-Length: 1000\r\n", "{\"data\":1}\n{\"da");
        TestGateway.await(() -> gateway.get("/metrics").body().contains("\"reset\""));
        reset.reset();
        HttpResponse<String> asked = gateway.post(
                TestGateway.path("reset", "messages"), "application/x-ndjson", "", "Idempotency-Key", "reset");
        assertEquals(400, asked.statusCode(), asked.body());
        JsonNode problem = TestGateway.json(asked.body());
        assertEquals("urn:gapless:body_incomplete", problem.get("type").textValue());
        assertEquals(1, problem.get("accepted").intValue());
        assertNoFailure();
    }

    @Test
    void aLineThatIsTooLargeIsCounted() {
        try (RawSocket large = lines("large", "Content-Length: 3000\r\n", "{\"data\":1}\n" + "x".repeat(2_989))) {
            assertTold(large.readAll(), 413, "too_large", 1, 2);
        }
    }
}
