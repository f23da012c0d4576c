package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import dev.gapless.StartFrom;
import dev.gapless.Topic;
import dev.gapless.gateway.v1.GaplessGrpc;
import dev.gapless.gateway.v1.PublishRequest;
import dev.gapless.gateway.v1.PublishResponse;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Names cost nothing to make up: what clients begin has its bounds, and keeps nobody else from anything. */
@Timeout(120)
class NewTopicsTest {
    private static void assertTaken(TestGateway gateway, String... topics) {
        for (String topic : topics) {
            HttpResponse<String> answer = gateway.publish(topic, "1");
            assertEquals(200, answer.statusCode(), answer::body);
        }
    }

    /** By each protocol. */
    private static void assertRefused(TestGateway gateway, int status, String code, String setting, String topic) {
        HttpResponse<String> answer = gateway.publish(topic, "1");
        assertEquals(status, answer.statusCode(), answer::body);
        assertEquals(
                "urn:gapless:" + code,
                TestGateway.json(answer.body()).get("type").textValue());
        assertTrue(answer.body().contains(setting), answer::body);
        assertEquals(status == 429, answer.headers().firstValue("Retry-After").isPresent());

        JsonSocket socket = gateway.webSocket("/api/ws?hold=true");
        socket.await("connected");
        socket.send("{\"type\":\"Publish\",\"topic\":\"" + topic + "\",\"data\":1}");
        assertEquals(code, socket.await("error").get("code").textValue());

        GrpcStream<PublishRequest, PublishResponse> stream = gateway.closing(GrpcStream.both(
                GaplessGrpc.newStub(GrpcStream.Connection.to(gateway).channel())::publish));
        stream.call.onNext(
                PublishRequest.newBuilder().setTopic(topic).setJsonData("1").build());
        assertEquals(code, stream.next().getError().getCode());
    }

    private static String publishFrom(String address, TestGateway gateway, String topic) {
        try (RawSocket socket = new RawSocket(gateway.gateway().port(), address)) {
            return socket.send("POST " + TestGateway.path(topic, "messages") + " HTTP/1.1\r\nHost: localhost\r\n"
                            + "Content-Type: application/json\r\nContent-Length: 1\r\n\r\n1")
                    .readTo("}");
        }
    }

    @Test
    void oneAddressBeginsOnlySoManyAndAllThereAreStayUsable() {
        try (TestGateway gateway = TestGateway.start(
                "gapless { topics.configured {}, gateway { new-topics-per-ip-limit = 3, new-topics-window = 100d } }")) {
            assertTaken(gateway, "a", "b", "c", "a", "b", "c", "configured");
            assertRefused(
                    gateway, 429, "too_many_new_topics", "gapless.gateway.new-topics-per-ip-limit", "one too many");
            assertTaken(gateway, "a", "b", "c");

            TestGateway.get(gateway.gapless()
                    .producer(Topic.of("the node's", JsonNode.class))
                    .publish(IntNode.valueOf(1)));
            JsonSocket reader = gateway.webSocket();
            reader.await("connected");
            reader.subscribe("wanted", "");
            assertTaken(gateway, "the node's", "wanted");

            String other = publishFrom("127.0.0.2", gateway, "of another address");
            assertTrue(other.startsWith("HTTP/1.1 200 "), other);
        }
    }

    @Test
    void clientsBeginWhatThePatternsSayAndUseWhatIsThere() {
        try (TestGateway gateway = TestGateway.start("""
                gapless {
                  topics.configured {}
                  gateway { topics = ["fleet/*", "exact"], default-topic = "main" }
                }
                """)) {
            assertTaken(gateway, "fleet/7", "fleet/", "exact", "configured", "main");
            for (String made : List.of("other", "exactly", "fleet")) {
                assertRefused(gateway, 403, "forbidden_topic", "gapless.gateway.topics", made);
            }

            Topic<JsonNode> own = Topic.of("the node's", JsonNode.class);
            var unused = gateway.gapless().producer(own);
            Topic<JsonNode> read = Topic.of("read by the node", JsonNode.class);
            TestGateway.get(gateway.gapless()
                    .source(read, StartFrom.latest())
                    .to(Sink.ignore())
                    .run(gateway.system())
                    .ready());
            assertTaken(gateway, "the node's", "read by the node");

            // Whoever subscribes to a name does not make it one that is known.
            JsonSocket reader = gateway.webSocket("/api/ws?hold=true");
            reader.await("connected");
            reader.subscribe("other", "");
            assertRefused(gateway, 403, "forbidden_topic", "gapless.gateway.topics", "other");
        }
    }

    @Test
    void noPatternLeavesWhatIsThere() {
        try (TestGateway gateway = TestGateway.start("gapless { topics.there {}, gateway.topics = [] }")) {
            assertTaken(gateway, "there");
            assertRefused(gateway, 403, "forbidden_topic", "gapless.gateway.topics", "new");
        }
    }

    @Test
    void aNameThatNothingWasPublishedToGivesItsPlaceBack() {
        try (TestGateway gateway = TestGateway.start(
                "gapless { max-topics = 4, max-message-bytes = 1000, producer-return-timeout = 500ms }")) {
            String tooLarge = "\"" + "x".repeat(2_000) + "\"";
            for (int i = 0; i < 3; i++) {
                assertEquals(413, gateway.publish("made up " + i, tooLarge).statusCode());
            }
            TestGateway.await(() -> IntStream.range(0, 3)
                    .allMatch(i -> gateway.publish("real " + i, "1").statusCode() == 200));
        }
    }

    @Test
    void whatClientsMakeUpLeavesPlacesToTheApplicationAndToOtherGateways() {
        try (TestGateway gateway = TestGateway.start("gapless { node-name = n1, max-topics = 8 }");
                TestGateway other = TestGateway.join(gateway, "gapless { node-name = n2, ready-timeout = 60s }")) {
            for (int i = 0; i < 6; i++) {
                assertTaken(gateway, "made up " + i);
            }
            HttpResponse<String> answer = gateway.publish("one too many", "1");
            assertEquals(409, answer.statusCode(), answer::body);
            assertTrue(answer.body().contains("gapless.max-topics"), answer::body);
            JsonSocket reader = gateway.webSocket();
            reader.await("connected");
            reader.send("{\"type\":\"Subscribe\",\"topic\":\"one too many\"}");
            assertTrue(reader.next().toString().contains("gapless.max-topics"));

            TestGateway.get(gateway.gapless()
                    .producer(Topic.of("the application's", JsonNode.class))
                    .publish(IntNode.valueOf(1)));
            JsonSocket elsewhere = other.webSocket();
            elsewhere.await("connected");
            assertTrue(elsewhere.subscribe("new there", "").get("silent").isEmpty()); // nobody is waited for
        }
    }
}
