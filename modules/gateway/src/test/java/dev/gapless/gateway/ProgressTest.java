package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import dev.gapless.Topic;
import dev.gapless.gateway.v1.GaplessGrpc;
import dev.gapless.gateway.v1.SubscribeTopicRequest;
import dev.gapless.gateway.v1.SubscribeTopicResponse;
import dev.gapless.gateway.v1.SubscribeTopicResponse.ContentCase;
import org.apache.pekko.actor.ActorSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A client whose filter passes over all that comes gets no event, and its place moves all the same: whoever resumes where it was told last
 * has missed nothing, though the ring has gone round many times since its last event.
 */
@Timeout(120)
class ProgressTest {
    /** With backpressure none of them is overtaken while it is there. */
    private static final String SMALL =
            "{ buffer-messages = 64, overflow = backpressure, backpressure-timeout = 60s }\n";

    private static final String SOME = "gapless {\n topics { sse " + SMALL + " ws " + SMALL + " pong " + SMALL
            + " grpc " + SMALL + " closing " + SMALL + "}\n gateway { comment-interval = 1s, ping-interval = 1s } }\n";

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("gapless.node-name = n1\n" + SOME);
    }

    @AfterAll
    static void end() {
        gateway.close();
    }

    /** Much more than a ring, all of which the clients' filter leaves out; and that it has reached the feed. */
    private static void passOver(TestGateway at, String topic) {
        var producer = at.gapless().producer(Topic.of(topic, JsonNode.class));
        for (int i = 1; i <= 300; i++) {
            TestGateway.get(producer.publish("other", IntNode.valueOf(i)));
        }
    }

    private static void publishMine(String topic) {
        TestGateway.get(
                gateway.gapless().producer(Topic.of(topic, JsonNode.class)).publish("mine", IntNode.valueOf(1)));
    }

    /** How far a token has got with n1. */
    private static long reached(String token) {
        return dev.gapless.core.CursorToken.parse(token).positions().get("n1").sequence();
    }

    /** A client that returns with it gets what follows, and is not told that it missed anything. */
    private static void assertNothingIsMissing(String topic, String token) {
        assertEquals(300, reached(token), "all that was passed over");
        EventStream again = gateway.events(TestGateway.path(topic, "events") + "?keys=mine", "Last-Event-ID", token);
        publishMine(topic);
        assertEquals("mine", again.next(1).get(0).data().path("key").asText());
    }

    @Test
    void anIdleEventStreamHasAnIdWhereItsPlaceHasMovedAndACommentWhereItHasNot() {
        EventStream stream = gateway.events(TestGateway.path("sse", "events") + "?keys=mine");
        assertNull(stream.next().data());
        passOver(gateway, "sse");
        EventStream.Message moved = stream.next();
        while (reached(moved.id()) < 300) {
            moved = stream.next();
        }
        assertNull(moved.data());
        TestGateway.await(() -> stream.comments() >= 2);
        assertNothingIsMissing("sse", moved.id());
        assertEquals("mine", stream.next().data().path("key").asText(), "no id came again meanwhile");
    }

    @Test
    void anIdlePingOfAWebSocketHasTheTokensThatMoved() {
        JsonSocket client = gateway.webSocket();
        client.await("connected");
        client.subscribe("ws", "\"filter\":{\"type\":\"Keys\",\"keys\":[\"mine\"]}");
        passOver(gateway, "ws");
        String token = client.ping().at("/tokens/ws").textValue();
        while (reached(token) < 300) {
            token = client.ping().at("/tokens/ws").textValue();
        }
        int pings = client.pings;
        TestGateway.await(() -> client.pings >= pings + 2);
        assertFalse(client.isPinged(), "no token came again meanwhile");
        publishMine("ws");
        assertEquals("mine", client.await("event").path("key").asText());
    }

    @Test
    void aPongHasTheTokenOfEachTopic() {
        JsonSocket client = gateway.webSocket();
        client.await("connected");
        client.subscribe("pong", "\"filter\":{\"type\":\"Keys\",\"keys\":[\"mine\"]}");
        passOver(gateway, "pong");
        JsonNode pong = null;
        while (pong == null || reached(pong.at("/tokens/pong").textValue()) < 300) {
            client.send("{\"type\":\"Ping\"}");
            pong = client.await("pong");
        }
        assertNothingIsMissing("pong", pong.at("/tokens/pong").textValue());
    }

    @Test
    void anIdleCallOfGrpcHasAResponseWithATokenAloneWhereItsPlaceHasMoved() {
        GaplessGrpc.GaplessStub stub =
                GaplessGrpc.newStub(GrpcStream.Connection.to(gateway).channel());
        GrpcStream<SubscribeTopicRequest, SubscribeTopicResponse> call = gateway.closing(GrpcStream.open(
                SubscribeTopicRequest.newBuilder()
                        .setTopic("grpc")
                        .addKeys("mine")
                        .build(),
                stub::subscribe));
        assertEquals(ContentCase.SUBSCRIBED, call.next().getContentCase());
        passOver(gateway, "grpc");
        SubscribeTopicResponse moved = call.progress();
        while (reached(moved.getToken()) < 300) {
            moved = call.progress();
        }
        assertEquals(ContentCase.CONTENT_NOT_SET, moved.getContentCase());
        assertNothingIsMissing("grpc", moved.getToken());
    }

    @Test
    void aRollingRestartMakesNoQuietClientReload() {
        String topic = "closing";
        String id;
        try (TestGateway other = TestGateway.join(
                gateway, "gapless.node-name = n2\n" + SOME + "gapless.gateway.comment-interval = 100s")) {
            EventStream stream = other.events(TestGateway.path(topic, "events") + "?keys=mine");
            assertNull(stream.next().data());
            passOver(gateway, topic);
            TestGateway.await(() -> TestGateway.json(other.get("/api/status").body())
                            .at("/gateway/clients/0/lag")
                            .asLong(-1)
                    == 0);
            TestGateway.get(other.gateway().stop());
            EventStream.Message closing = stream.next(1).get(0);
            assertEquals("closing", closing.data().get("type").textValue());
            id = closing.id();
            other.leave();
        }
        assertNothingIsMissing(topic, id);
    }

    @Test
    void aStreamHasItsHeadAndACommentWhileAMemberIsSilent() {
        try (TestGateway alone =
                TestGateway.start("gapless { node-name = n1, ready-timeout = 1h, gateway.comment-interval = 1h }")) {
            ActorSystem silent = TestGateway.memberWithoutGapless(alone);
            try {
                EventStream stream = alone.events(TestGateway.path("waits", "events"));
                assertEquals(200, stream.status());
                TestGateway.await(() -> stream.comments() == 1);
                silent.terminate();
                assertNull(stream.next().data(), "then it is ready, without that member");
            } finally {
                silent.terminate();
                TestGateway.get(silent.getWhenTerminated());
            }
        }
    }
}
