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

    /** Repeats until it is known; each repeat may come before the store's answer has. */
    private static HttpResponse<String> repeatUntilKnown(String topic, String type, String body, String... key) {
        long until = System.nanoTime() + TestGateway.DEADLINE.toNanos();
        while (true) {
            HttpResponse<String> answer = gateway.post(TestGateway.path(topic, "messages"), type, body, key);
            if (answer.statusCode() != 504 || System.nanoTime() - until > 0) {
                return answer;
            }
        }
    }

    /** The sequence that a message has which is published now: none before it was published twice. */
    private static long next(Producer<JsonNode> producer) {
        return TestGateway.get(producer.publish(IntNode.valueOf(-1))).sequence();
    }

    @Test
    void aMessageThatIsRepeatedWithItsKeyIsTheOneOfBefore() {
        Producer<JsonNode> producer = open("http-again");
        String[] key = {"Idempotency-Key", "k"};
        String path = TestGateway.path("http-again", "messages");
        assertEquals(504, gateway.post(path, "application/json", "1", key).statusCode());
        store.answer();
        HttpResponse<String> answer = repeatUntilKnown("http-again", "application/json", "1", key);
        assertEquals(200, answer.statusCode(), answer.body());
        assertEquals(2, TestGateway.json(answer.body()).at("/positions/0/seq").intValue());
        assertEquals(3, next(producer));
    }

    @Test
    void linesThatAreRepeatedWithTheirKeyAreThoseOfBefore() {
        Producer<JsonNode> producer = gateway.gapless().producer(Topic.of("lines-again", JsonNode.class));
        String[] key = {"Idempotency-Key", "k"};
        String body = "{\"data\":1}\n{\"data\":2}\n";
        store.beSilentAfter(1);
        HttpResponse<String> first =
                gateway.post(TestGateway.path("lines-again", "messages"), "application/x-ndjson", body, key);
        assertEquals(504, first.statusCode(), first.body());
        assertEquals(1, TestGateway.json(first.body()).get("accepted").intValue());
        store.answer();
        HttpResponse<String> answer = repeatUntilKnown("lines-again", "application/x-ndjson", body, key);
        assertEquals(200, answer.statusCode(), answer.body());
        assertEquals(1, TestGateway.json(answer.body()).at("/positions/0/seq").intValue());
        assertEquals(2, TestGateway.json(answer.body()).at("/positions/1/seq").intValue());
        assertEquals(3, next(producer));
    }

    @Test
    void aPublishOfAWebSocketThatIsRepeatedWithItsKeyIsTheOneOfBefore() {
        Producer<JsonNode> producer = open("socket-again");
        JsonSocket socket = gateway.webSocket();
        socket.await("connected");
        String publish = "{\"type\":\"Publish\",\"topic\":\"socket-again\",\"data\":1,\"idempotency_key\":\"k\"}";
        assertEquals("publish_unknown", socket.send(publish).next().path("code").asText());
        store.answer();
        JsonNode answer = socket.send(publish).next();
        while (answer.path("code").asText().equals("publish_unknown")) {
            answer = socket.send(publish).next();
        }
        assertEquals(2, answer.at("/position/seq").intValue(), answer::toString);
        JsonNode other = socket.send(publish.replace("1", "2")).await("error");
        assertEquals("key_reused", other.get("code").textValue());
        JsonNode empty = socket.send(publish.replace("\"k\"", "\"\"")).await("error");
        assertEquals("bad_message", empty.get("code").textValue());
        assertEquals(3, next(producer));
    }

    @Test
    void aPublishOfGrpcThatIsRepeatedWithItsKeyIsTheOneOfBefore() {
        Producer<JsonNode> producer = open("grpc-again");
        GrpcStream<PublishRequest, PublishResponse> stream = gateway.closing(GrpcStream.both(
                GaplessGrpc.newStub(GrpcStream.Connection.to(gateway).channel())::publish));
        PublishRequest publish = PublishRequest.newBuilder()
                .setTopic("grpc-again")
                .setJsonData("1")
                .setIdempotencyKey("k")
                .build();
        stream.call.onNext(publish);
        assertEquals("publish_unknown", stream.next().getError().getCode());
        store.answer();
        PublishResponse answer;
        do {
            stream.call.onNext(publish);
            answer = stream.next();
        } while (answer.getError().getCode().equals("publish_unknown"));
        assertEquals(2, answer.getPosition().getSeq(), answer::toString);
        assertEquals(3, next(producer));
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
