package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import dev.gapless.Topic;
import dev.gapless.gateway.v1.GaplessGrpc;
import dev.gapless.gateway.v1.SubscribeTopicRequest;
import dev.gapless.gateway.v1.SubscribeTopicResponse;
import dev.gapless.gateway.v1.SubscribeTopicResponse.ContentCase;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client has a token and has kept what came since: it gets what follows, no more and no less. */
@Timeout(120)
class TokenAndThenTest {
    private static final String GONE = "{\"node\":\"n7\",\"epoch\":\"%016d\",\"seq\":%d}";

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("gapless { node-name = n1, producer-return-timeout = 500ms }");
    }

    @AfterAll
    static void end() {
        gateway.close();
    }

    private static String publish(TestGateway at, String topic, int count) {
        var producer = at.gapless().producer(Topic.of(topic, JsonNode.class));
        String epoch = "";
        for (int i = 1; i <= count; i++) {
            epoch = TestGateway.get(producer.publish(IntNode.valueOf(i)))
                    .epoch()
                    .toString();
        }
        return epoch;
    }

    /** How a client keeps what it was given last of a stream. */
    private static String kept(JsonNode event, String... ended) {
        return "{\"node\":" + event.get("node") + ",\"epoch\":" + event.get("epoch") + ",\"seq\":" + event.get("seq")
                + (ended.length == 0 ? "" : ",\"ended\":true") + "}";
    }

    private static String from(String token, String... then) {
        return "\"from\":{\"token\":\"" + token + "\",\"then\":[" + String.join(",", then) + "]}";
    }

    @Test
    void itMayHaveTwoEpochsOfOneNodeAndIsGivenWhatFollowsInEach() {
        String topic = "epochs";
        JsonSocket client = gateway.client();
        JsonNode left;
        String token;
        try (TestGateway first = TestGateway.join(gateway, "gapless.node-name = n2")) {
            token = client.subscribe(topic, "").get("token").textValue();
            publish(first, topic, 3);
            client.events(3);
            first.leave();
            left = client.await("producer_left");
        }
        try (TestGateway second = TestGateway.join(gateway, "gapless.node-name = n2")) {
            publish(second, topic, 2);
            JsonNode last = client.events(2).get(1);
            assertEquals(left.get("node"), last.get("node"));
            assertNotEquals(left.get("epoch"), last.get("epoch"));

            JsonSocket again = gateway.client();
            again.subscribe(topic, from(token, kept(left, "ended"), kept(last)));
            publish(second, topic, 1);
            JsonNode next = again.await("event");
            assertEquals(last.get("epoch"), next.get("epoch"));
            assertEquals(3, next.get("seq").intValue());

            JsonSocket untold = gateway.client();
            untold.subscribe(topic, from(token, kept(last)));
            JsonNode gap = untold.await("cursor_expired").at("/gaps/0");
            assertEquals(left.get("epoch"), gap.get("epoch"), "of what did not come it is told");
            assertEquals(3, gap.get("missed").intValue());
            assertEquals(3, untold.await("event").get("seq").intValue());
        }
    }

    @Test
    void bothStreamsOfANodeThatTheTokenHasAreToldAlthoughOneOfAnotherNodeCameSince() {
        String topic = "gone";
        String epoch = publish(gateway, topic, 2);
        JsonSocket client = gateway.client();
        JsonNode subscribed = client.subscribe(
                topic,
                "\"on_lag\":\"pause\",\"from\":{\"positions\":[" + String.format(GONE, 1, 800) + ","
                        + String.format(GONE, 2, 0) + ",{\"node\":\"n1\",\"epoch\":\"" + epoch + "\",\"seq\":0}]}");
        JsonSocket again = gateway.client();
        String since = "{\"node\":\"n1\",\"epoch\":\"" + epoch + "\",\"seq\":1}";
        again.subscribe(topic, from(subscribed.get("token").textValue(), since));
        List<JsonNode> gaps = new ArrayList<>();
        List<Integer> given = new ArrayList<>();
        while (gaps.size() < 2 || given.isEmpty()) {
            JsonNode message = again.next();
            if (message.path("type").textValue().equals("cursor_expired")) {
                message.get("gaps").forEach(gaps::add);
            } else {
                given.add(message.get("seq").intValue());
            }
        }
        assertEquals(List.of(2), given);
        assertEquals(List.of(801, 1), List.of(missing(gaps, 1), missing(gaps, 2)));
    }

    private static int missing(List<JsonNode> gaps, int epoch) {
        return gaps.stream()
                .filter(gap -> gap.path("epoch").asText().equals(String.format("%016d", epoch)))
                .findFirst()
                .orElseThrow()
                .get("first_missing")
                .intValue();
    }

    @Test
    void aGeneralGapIsToldAgainOverACutUntilTheClientHasATokenOfAfterwards() {
        String topic = "general";
        publish(gateway, topic, 1);
        JsonSocket client = gateway.client();
        String token = client.subscribe(topic, "\"from\":{\"positions\":[{\"node\":\"n7\",\"seq\":null}]}")
                .get("token")
                .textValue();
        assertTrue(client.await("cursor_expired").at("/gaps/0/node").isNull());
        publish(gateway, topic, 2);
        JsonNode event = client.await("event");
        while (event.get("seq").intValue() < 3) {
            event = client.await("event");
        }

        JsonSocket again = gateway.client();
        again.subscribe(topic, from(token, kept(event)));
        assertTrue(again.await("cursor_expired").at("/gaps/0/node").isNull());
        again.send("{\"type\":\"Ping\"}");
        String behind = again.await("pong").at("/tokens/" + topic).textValue();

        JsonSocket last = gateway.client();
        last.subscribe(topic, from(behind));
        publish(gateway, topic, 1);
        assertEquals(4, last.await("event").get("seq").intValue(), "and it is not told any more");
    }

    @Test
    void eventStreamsAndCallsOfGrpcTakeItsJson() {
        String topic = "texts";
        JsonSocket client = gateway.client();
        String token = client.subscribe(topic, "").get("token").textValue();
        publish(gateway, topic, 3);
        String text = from(token, kept(client.events(2).get(1))).substring("\"from\":".length());

        String path = TestGateway.path(topic, "events");
        EventStream asked = gateway.events(path + "?from=" + URLEncoder.encode(text, StandardCharsets.UTF_8));
        assertEquals(3, asked.next(1).get(0).data().get("seq").intValue());
        EventStream returned = gateway.events(path, "Last-Event-ID", text);
        assertEquals(3, returned.next(1).get(0).data().get("seq").intValue());

        GrpcStream<SubscribeTopicRequest, SubscribeTopicResponse> call = gateway.closing(GrpcStream.open(
                SubscribeTopicRequest.newBuilder().setTopic(topic).setFrom(text).build(),
                GaplessGrpc.newStub(GrpcStream.Connection.to(gateway).channel())::subscribe));
        assertEquals(ContentCase.SUBSCRIBED, call.next().getContentCase());
        assertEquals(3, call.next().getBatch().getEvents(0).getPosition().getSeq());
    }

    @Test
    void theGatewaySaysThatItTakesItAndWhatIsWrongWithAnEntry() {
        JsonSocket client = gateway.webSocket();
        assertEquals(
                TestGateway.json("[\"latest\",\"earliest\",\"time\",\"token\",\"positions\",\"then\"]"),
                client.await("connected").at("/data/from"));
        String token = client.subscribe("wrong", "").get("token").textValue();
        client.send("{\"type\":\"Unsubscribe\",\"topic\":\"wrong\"}");
        client.await("unsubscribed");
        client.send("{\"type\":\"Subscribe\",\"topic\":\"wrong\"," + from(token, String.format(GONE, 1, -1)) + "}");
        JsonNode error = client.await("error");
        assertEquals("bad_token", error.get("code").textValue());
        assertEquals(
                "then[0]: seq is a whole number, at least 0",
                error.get("message").textValue());
        String text = from(token, String.format(GONE, 1, 5)).substring("\"from\":".length());
        client.subscribe("wrong", "\"from\":" + TestGateway.JSON.valueToTree(text));
        assertEquals(
                6, client.await("cursor_expired").at("/gaps/0/first_missing").intValue(), "as a text it is read, too");
    }
}
