package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import dev.gapless.Topic;
import dev.gapless.gateway.v1.CursorExpired;
import dev.gapless.gateway.v1.GaplessGrpc;
import dev.gapless.gateway.v1.SubscribeTopicRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What clients say of where they were is told back to them as gaps, and is no fact of the node's: n1 has published 300 messages, and its ring has 64. */
@Timeout(120)
class ClaimsTest {
    private static final String TOPIC = "t";
    private static final String MADE_UP = "made-up\nERROR forged";

    private static TestGateway gateway;
    private static String epoch = "";

    private enum Protocol {
        WEBSOCKET,
        SSE,
        GRPC
    }

    /** Subscribes from there. {@return the gaps that are told first: node, reason, first missing and missed, 0 for null} */
    private static List<String> resume(Protocol protocol, String from) {
        switch (protocol) {
            case WEBSOCKET -> {
                JsonSocket client = gateway.webSocket();
                client.await("connected");
                client.subscribe(TOPIC, "\"from\":" + from);
                JsonNode told = client.await("cursor_expired");
                client.close();
                return gaps(told);
            }
            case SSE -> {
                EventStream client = gateway.events(
                        TestGateway.path(TOPIC, "events") + "?from=" + URLEncoder.encode(from, StandardCharsets.UTF_8));
                JsonNode told = client.next(1).get(0).data();
                client.close();
                return gaps(told);
            }
            case GRPC -> {
                var stub = GaplessGrpc.newStub(GrpcStream.Connection.to(gateway).channel());
                var request = SubscribeTopicRequest.newBuilder().setTopic(TOPIC).setFrom(from);
                var client = gateway.closing(GrpcStream.open(request.build(), stub::subscribe));
                assertTrue(client.next().hasSubscribed());
                CursorExpired told = client.next().getCursorExpired();
                client.close();
                return told.getGapsList().stream()
                        .map(gap -> gap.getNode() + " "
                                + gap.getReason().name().substring("REASON_".length()) + " " + gap.getFirstMissing()
                                + " " + gap.getMissed())
                        .toList();
            }
        }
        throw new AssertionError(protocol);
    }

    private static List<String> gaps(JsonNode expired) {
        List<String> gaps = new ArrayList<>();
        expired.get("gaps")
                .forEach(gap -> gaps.add(gap.get("node").textValue() + " "
                        + gap.get("reason").textValue() + " "
                        + gap.get("first_missing").asLong(0) + " "
                        + gap.get("missed").asLong(0)));
        return gaps;
    }

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("gapless { node-name = n1, producer-return-timeout = 500ms, loss-log-interval = 0s"
                + ", buffer-messages = 64, feed-messages = 64 }");
        epoch = publish(gateway, 300);
    }

    /** So many. {@return the id of their stream} */
    private static String publish(TestGateway at, int number) {
        var producer = at.gapless().producer(Topic.of(TOPIC, JsonNode.class));
        String stream = "";
        for (int i = 1; i <= number; i++) {
            stream = TestGateway.get(producer.publish(IntNode.valueOf(i)))
                    .epoch()
                    .toString();
        }
        return stream;
    }

    @AfterAll
    static void end() {
        gateway.close();
    }

    private static String positions(String... positions) {
        return "{\"positions\":[" + String.join(",", positions) + "]}";
    }

    private static String position(String node, String stream, long seq) {
        return "{\"node\":\"" + node.replace("\n", "\\n") + "\",\"epoch\":\"" + stream + "\",\"seq\":" + seq + "}";
    }

    private static long claimed() {
        return (long) gateway.metric("gapless_claimed_messages_total");
    }

    private static long expiries() {
        return gateway.get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("gapless_subscription_expiries_total"))
                .mapToLong(line -> (long) Double.parseDouble(line.split(" ", -1)[1]))
                .sum();
    }

    private static JsonNode status() {
        return TestGateway.json(gateway.get("/api/status").body());
    }

    /** It is told these gaps, of which so many count by their reasons, and so many messages by its own account. */
    private static void isTold(Protocol protocol, String from, int expiries, int claimed, String... gaps) {
        long expiriesBefore = expiries();
        long claimedBefore = claimed();
        assertEquals(List.of(gaps), resume(protocol, from));
        assertEquals(claimedBefore + claimed, claimed(), from);
        assertEquals(expiriesBefore + expiries, expiries(), from);
    }

    @ParameterizedTest
    @EnumSource
    void whatAClientMakesUpIsToldToItAndIsNoLossOfTheNode(Protocol protocol) {
        try (LogLines log = new LogLines()) {
            String here = position("n1", epoch, 300);
            isTold(
                    protocol,
                    positions(here, position(MADE_UP, "0000000000000002", 5)),
                    0,
                    1,
                    MADE_UP + " PRODUCER_LOST 6 0");
            isTold(protocol, positions(here, position("n1", "0000000000000003", 5)), 0, 1, "n1 PRODUCER_LOST 6 0");
            isTold(protocol, positions(position("n1", epoch, 900_000_000_000L)), 1, 1, "n1 POSITION_UNKNOWN 0 0");
            isTold(protocol, positions(position(MADE_UP, epoch, 900_000_000_000L)), 1, 1, "n1 POSITION_UNKNOWN 0 0");
            for (int seq = 10; seq < 15; seq++) {
                int missed = 300 - seq;
                isTold(
                        protocol,
                        positions(position("n1", epoch, seq)),
                        1,
                        missed,
                        "n1 OVERRUN " + (seq + 1) + " " + missed);
            }
            isTold(protocol, positions(), 1, 300, "n1 OVERRUN 1 300");
            TestGateway.await(() -> log.count("of which this node knows nothing") > 1);
            assertEquals(0, log.count("\nERROR forged"), "a name makes no line of the log");
            assertEquals(0, log.count("the feed of node n1 missed messages of producer made-up"), "no feed had it");
        }
        JsonNode status = status();
        status.get("losses").forEach(loss -> {
            assertEquals("n1", loss.get("producer").textValue(), loss::toString);
            assertTrue(loss.get("first_missing").isNull(), loss::toString);
            assertTrue(loss.get("missed").isNull(), loss::toString);
        });
        assertTrue(status.get("losses").size() <= 6, status::toString);
        assertFalse(status.toString().contains("made-up"), status::toString);
        assertEquals(0, status.at("/totals/missed").asLong());
        assertEquals(0, status.at("/gateway/lagged_total").asLong());
        String metrics = gateway.get("/metrics").body();
        assertFalse(metrics.contains("made-up"), metrics);
        assertEquals(0, gateway.metric("gapless_missed_messages_total"));
        assertEquals(0, gateway.metric("gapless_gateway_lagged_total"));
    }

    @Test
    void whatComesBehindWhatTheNodeGaveAClientCountsAlsoIfItHadResumed() {
        try (TestGateway other =
                TestGateway.start("gapless { node-name = n1, buffer-messages = 64, feed-messages = 64 }")) {
            String stream = publish(other, 300);
            JsonSocket client = other.webSocket();
            client.await("connected");
            client.subscribe(TOPIC, "\"on_lag\":\"pause\",\"from\":" + positions(position("n1", stream, 1)));
            assertEquals(
                    2,
                    client.await("cursor_expired").at("/gaps/0/first_missing").intValue());
            publish(other, 300); // it reads nothing until it says that it has reloaded
            client.send("{\"type\":\"Resume\",\"topic\":\"" + TOPIC + "\"}");
            long missed = missedUpTo(600, client);
            assertTrue(missed > 0);
            TestGateway.await(() -> (long) other.metric("gapless_gateway_lagged_total") == missed);
            assertEquals(missed, (long) other.metric("gapless_missed_messages_total"));
            JsonNode status = TestGateway.json(other.get("/api/status").body());
            assertEquals(missed, status.at("/totals/missed").longValue());
            assertTrue(
                    status.get("losses").findValues("missed").stream().anyMatch(JsonNode::isNumber), status::toString);
        }
    }

    /** How many of the messages up to this one it is told that it missed, while it says at once that it has reloaded. */
    private static long missedUpTo(long last, JsonSocket client) {
        long missed = 0;
        while (true) {
            JsonNode next = client.next();
            if (next.path("type").asText().equals("cursor_expired")) {
                missed += next.at("/gaps/0/missed").longValue();
                client.send("{\"type\":\"Resume\",\"topic\":\"" + TOPIC + "\"}");
            }
            if (next.path("seq").longValue() == last
                    || next.at("/gaps/0/resumes_at").longValue() > last) {
                return missed;
            }
        }
    }
}
