package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import dev.gapless.Producer;
import dev.gapless.PublishUnknown;
import dev.gapless.Topic;
import dev.gapless.gateway.v1.GaplessGrpc;
import dev.gapless.gateway.v1.PublishRequest;
import dev.gapless.gateway.v1.PublishResponse;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What each who publishes is told when the store takes a message, and does not say so. */
@Timeout(120)
class PublishUnknownTest {
    private static TestGateway gateway;
    private static SilentStores.Logs store;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("""
                gapless {
                  node-name = silent
                  durability = journal
                  backpressure-timeout = 200ms
                  store-timeout = 60s # that of the publish is over first
                }
                """);
        store = SilentStores.of("silent");
    }

    @AfterAll
    static void end() {
        gateway.close();
    }

    /** Each test has a topic of its own: the one behind it would wait for the store. */
    private static Producer<JsonNode> open(String topic) {
        Producer<JsonNode> producer = gateway.gapless().producer(Topic.of(topic, JsonNode.class));
        TestGateway.get(producer.publish(IntNode.valueOf(0)));
        store.beSilent(true);
        return producer;
    }

    private int before;

    @BeforeEach
    void count() {
        before = store.unanswered();
    }

    @AfterEach
    void theStoreTookItWithoutAWord() {
        store.beSilent(false);
        assertEquals(before + 1, store.unanswered());
    }

    @Test
    void aStageFailsWithPublishUnknown() {
        Producer<JsonNode> producer = open("stage");
        CompletionException e =
                assertThrows(CompletionException.class, () -> TestGateway.get(producer.publish(IntNode.valueOf(1))));
        assertSaysWhatToDo("stage", assertInstanceOf(PublishUnknown.class, e.getCause()));
    }

    @Test
    void whoSendsIsThrownPublishUnknown() {
        Producer<JsonNode> producer = open("send");
        assertSaysWhatToDo("send", assertThrows(PublishUnknown.class, () -> producer.send(IntNode.valueOf(1))));
    }

    private static void assertSaysWhatToDo(String topic, PublishUnknown unknown) {
        assertSaysWhatToDo(topic, unknown.getMessage());
    }

    private static void assertSaysWhatToDo(String topic, String told) {
        assertTrue(told.startsWith("Topic " + topic + ": "), told);
        assertTrue(told.contains("gapless.backpressure-timeout"), told);
        assertTrue(told.contains("It may be published."), told);
    }

    @Test
    void httpAnswers504() {
        open("http");
        HttpResponse<String> answer = gateway.publish("http", "1");
        assertEquals(504, answer.statusCode(), answer.body());
        JsonNode problem = TestGateway.json(answer.body());
        assertEquals("urn:gapless:publish_unknown", problem.get("type").textValue());
        assertSaysWhatToDo("http", problem.get("detail").textValue());
    }

    @Test
    void aBodyOfLinesEndsWithTheLineOfWhichNobodyKnows() {
        open("lines");
        HttpResponse<String> answer = gateway.post(
                TestGateway.path("lines", "messages"), "application/x-ndjson", "{\"data\":1}\n{\"data\":2}\n");
        assertEquals(504, answer.statusCode(), answer.body());
        JsonNode problem = TestGateway.json(answer.body());
        assertEquals("urn:gapless:publish_unknown", problem.get("type").textValue());
        assertEquals(0, problem.get("accepted").intValue());
        assertEquals(1, problem.get("line").intValue());
    }

    @Test
    void aWebSocketIsToldByTheCommandsId() {
        open("socket");
        JsonSocket socket = gateway.webSocket();
        socket.await("connected");
        socket.send("{\"type\":\"Publish\",\"topic\":\"socket\",\"data\":1,\"id\":\"c1\"}");
        JsonNode error = socket.await("error");
        assertEquals("publish_unknown", error.get("code").textValue());
        assertEquals("c1", error.get("id").textValue());
        assertEquals("socket", error.get("topic").textValue());
        assertSaysWhatToDo("socket", error.get("message").textValue());
    }

    @Test
    void grpcAnswersWithTheCode() {
        open("grpc");
        GrpcStream<PublishRequest, PublishResponse> stream = gateway.closing(GrpcStream.both(
                GaplessGrpc.newStub(GrpcStream.Connection.to(gateway).channel())::publish));
        stream.call.onNext(
                PublishRequest.newBuilder().setTopic("grpc").setJsonData("1").build());
        PublishResponse answer = stream.next();
        assertEquals("publish_unknown", answer.getError().getCode());
        assertSaysWhatToDo("grpc", answer.getError().getMessage());
    }
}
