package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import dev.gapless.Publication;
import dev.gapless.Topic;
import dev.gapless.core.TraceContext;
import dev.gapless.gateway.v1.Event;
import dev.gapless.gateway.v1.GaplessGrpc;
import dev.gapless.gateway.v1.PublishRequest;
import dev.gapless.gateway.v1.PublishResponse;
import dev.gapless.gateway.v1.SubscribeTopicRequest;
import dev.gapless.gateway.v1.SubscribeTopicResponse;
import dev.gapless.gateway.v1.SubscribeTopicResponse.ContentCase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients say in which trace they publish, and are told in which a message was published. */
@Timeout(120)
class TraceTest {
    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final String OTHER = "00-0af7651916cd43dd8448eb211c80319d-b7ad6b7169203332-01";

    private static TestGateway gateway;
    private static GaplessGrpc.GaplessStub grpc;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("gapless.node-name = n1");
        grpc = GaplessGrpc.newStub(GrpcStream.Connection.to(gateway).channel());
    }

    @AfterAll
    static void end() {
        gateway.close();
    }

    private static List<JsonNode> shown(String topic, int number) {
        return gateway.events(TestGateway.path(topic, "events") + "?from=earliest").next(number).stream()
                .map(EventStream.Message::data)
                .toList();
    }

    private static void assertIn(String parent, String state, JsonNode shown) {
        assertEquals(parent, shown.path("traceparent").asText(), shown::toString);
        assertEquals(state, shown.path("tracestate").asText(), shown::toString);
        assertEquals(!state.isEmpty(), shown.has("tracestate"), shown::toString);
    }

    private static void post(String topic, String type, String body, String... headers) {
        var answer = gateway.post(TestGateway.path(topic, "messages"), type, body, headers);
        assertEquals(200, answer.statusCode(), answer.body());
    }

    @Test
    void aRequestSaysItInItsHead() {
        post("head", "application/json", "1", "traceparent", PARENT, "tracestate", "a=1", "tracestate", "b=2");
        post("head", "application/json", "2", "traceparent", PARENT, "tracestate", "a=" + "1".repeat(512));
        post("head", "application/json", "3", "traceparent", "nonsense", "tracestate", "a=1");
        post("head", "application/json", "4");
        List<JsonNode> shown = shown("head", 4);
        assertIn(PARENT, "a=1,b=2", shown.get(0));
        assertIn(PARENT, "", shown.get(1));
        assertFalse(shown.get(2).has("traceparent"));
        assertFalse(shown.get(3).has("traceparent"));
    }

    @Test
    void aLineGoesBeforeTheHead() {
        String lines = "{\"data\":1}\n{\"data\":2,\"traceparent\":\"" + OTHER + "\",\"tracestate\":\"c=3\"}";
        post("lines", "application/x-ndjson", lines, "traceparent", PARENT);
        List<JsonNode> shown = shown("lines", 2);
        assertIn(PARENT, "", shown.get(0));
        assertIn(OTHER, "c=3", shown.get(1));
    }

    @Test
    void aWebSocketSaysItInItsCommandAndIsTold() {
        JsonSocket client = gateway.client();
        client.subscribe("socket", "");
        client.send("{\"type\":\"Publish\",\"topic\":\"socket\",\"data\":1,\"traceparent\":\"" + PARENT
                + "\",\"tracestate\":\"a=1\"}");
        client.send("{\"type\":\"Publish\",\"topic\":\"socket\",\"data\":2}");
        List<JsonNode> events = new ArrayList<>();
        while (events.size() < 2) {
            JsonNode next = client.next();
            if (next.path("type").asText().equals("event")) {
                events.add(next);
            }
        }
        assertIn(PARENT, "a=1", events.get(0));
        assertFalse(events.get(1).has("traceparent"));
    }

    @Test
    void grpcSaysItWithEachMessageAndIsTold() {
        GrpcStream<PublishRequest, PublishResponse> stream = gateway.closing(GrpcStream.both(grpc::publish));
        PublishRequest.Builder request = PublishRequest.newBuilder().setTopic("calls");
        stream.call.onNext(request.setJsonData("1")
                .setTraceparent(PARENT)
                .setTracestate("a=1")
                .build());
        stream.call.onNext(
                PublishRequest.newBuilder().setTopic("calls").setJsonData("2").build());
        for (int i = 1; i <= 2; i++) {
            assertEquals(i, stream.next().getPosition().getSeq());
        }
        GrpcStream<SubscribeTopicRequest, SubscribeTopicResponse> reader = gateway.closing(GrpcStream.open(
                SubscribeTopicRequest.newBuilder()
                        .setTopic("calls")
                        .setFrom("earliest")
                        .build(),
                grpc::subscribe));
        assertEquals(ContentCase.SUBSCRIBED, reader.next().getContentCase());
        List<Event> events = new ArrayList<>();
        while (events.size() < 2) {
            events.addAll(reader.next().getBatch().getEventsList());
        }
        assertEquals(PARENT, events.get(0).getTraceparent());
        assertEquals("a=1", events.get(0).getTracestate());
        assertEquals("", events.get(1).getTraceparent());
    }

    @Test
    void whatTheApplicationPublishedIsShownToo() {
        Topic<JsonNode> topic = Topic.of("application", JsonNode.class);
        var producer = gateway.gapless().producer(topic);
        TestGateway.get(
                producer.publish(Publication.<JsonNode>of(IntNode.valueOf(1)).withTrace(new TraceContext(PARENT, ""))));
        TestGateway.get(
                producer.publish(Publication.<JsonNode>tombstone("k").withTrace(new TraceContext(OTHER, "a=1"))));
        List<JsonNode> shown = shown("application", 2);
        assertIn(PARENT, "", shown.get(0));
        assertEquals(1, shown.get(0).get("data").intValue());
        assertIn(OTHER, "a=1", shown.get(1));
    }
}
