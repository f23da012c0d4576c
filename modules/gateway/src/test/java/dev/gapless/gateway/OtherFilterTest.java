package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import dev.gapless.Topic;
import dev.gapless.gateway.v1.GaplessGrpc;
import dev.gapless.gateway.v1.Reason;
import dev.gapless.gateway.v1.SubscribeTopicRequest;
import dev.gapless.gateway.v1.SubscribeTopicResponse;
import dev.gapless.gateway.v1.SubscribeTopicResponse.ContentCase;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a token says that was taken with one filter, and is resumed with another: what the first left out is told as missed. */
@Timeout(120)
class OtherFilterTest {
    private static TestGateway gateway;
    private static GaplessGrpc.GaplessStub stub;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("gapless { node-name = n1, gateway.comment-interval = 1s }");
        stub = GaplessGrpc.newStub(GrpcStream.Connection.to(gateway).channel());
    }

    @AfterAll
    static void end() {
        gateway.close();
    }

    /** a1, b2, a3, b4: with the keys a* a client is given two. */
    private static void publish(String topic) {
        var producer = gateway.gapless().producer(Topic.of(topic, JsonNode.class));
        for (int i = 1; i <= 4; i++) {
            TestGateway.get(producer.publish((i % 2 == 1 ? "a" : "b") + i, IntNode.valueOf(i)));
        }
    }

    private static String events(String topic, String query) {
        return TestGateway.path(topic, "events") + query;
    }

    /** The id behind a3 of a client that wants the keys a*. */
    private static String idOfKeysA(String topic) {
        publish(topic);
        return gateway.events(events(topic, "?from=earliest&keys=a*"))
                .next(2)
                .get(1)
                .id();
    }

    private static void assertTellsThatAnythingMayBeMissing(JsonNode expired) {
        assertEquals("cursor_expired", expired.get("type").textValue(), expired::toString);
        JsonNode gap = expired.at("/gaps/0");
        assertEquals("POSITION_UNKNOWN", gap.get("reason").textValue());
        assertTrue(gap.get("node").isNull() && gap.get("first_missing").isNull(), gap::toString);
        assertEquals(1, expired.get("gaps").size());
    }

    @Test
    void anEventStreamIsToldFirstAndThenGetsWhatFollows() {
        String id = idOfKeysA("streams");
        for (String query : List.of("?keys=b*", "", "?keys=a*,b*", "?keys=a*&nodes=n1")) {
            EventStream other = gateway.events(events("streams", query), "Last-Event-ID", id);
            List<EventStream.Message> first = other.next(query.isEmpty() || query.contains("b") ? 2 : 1);
            assertTellsThatAnythingMayBeMissing(first.get(0).data());
            if (first.size() == 2) {
                assertEquals("b4", first.get(1).data().get("key").textValue(), "what is behind the token comes");
            }
        }
    }

    @Test
    void theSameFilterIsToldNothingInWhateverOrderItIsWritten() {
        publish("same");
        String id = gateway.events(events("same", "?from=earliest&keys=a*,c*&nodes=n1,n2"))
                .next(1)
                .get(0)
                .id();
        EventStream again = gateway.events(events("same", "?keys=c*,a*&nodes=n2,n1"), "Last-Event-ID", id);
        assertEquals("a3", again.next(1).get(0).data().get("key").textValue());
    }

    @Test
    void whoLeftNothingOutMayTakeAnyFilter() {
        publish("all");
        String id =
                gateway.events(events("all", "?from=earliest")).next(1).get(0).id();
        EventStream some = gateway.events(events("all", "?keys=a*"), "Last-Event-ID", id);
        assertEquals("a3", some.next(1).get(0).data().get("key").textValue());
    }

    @Test
    void whoComesBackBeforeItHasReloadedIsToldAgainAndBehindItNotAgain() {
        String id = idOfKeysA("again");
        EventStream.Message told = gateway.events(events("again", "?keys=b*"), "Last-Event-ID", id)
                .next(1)
                .get(0);
        String inFront = told.data().get("token").textValue();
        EventStream second = gateway.events(events("again", "?keys=b*&from=" + inFront));
        List<EventStream.Message> messages = second.next(2);
        assertTellsThatAnythingMayBeMissing(messages.get(0).data());
        EventStream third = gateway.events(
                events("again", "?keys=b*"), "Last-Event-ID", messages.get(1).id());
        TestGateway.get(
                gateway.gapless().producer(Topic.of("again", JsonNode.class)).publish("b5", IntNode.valueOf(5)));
        assertEquals("b5", third.next(1).get(0).data().get("key").textValue());
    }

    @Test
    void aWebSocketIsToldAndTheTokenOfAFilterThatWasChangedIsOfTheNewOne() {
        String id = idOfKeysA("sockets");
        JsonSocket client = gateway.webSocket();
        client.await("connected");
        client.subscribe(
                "sockets",
                "\"filter\":{\"type\":\"Keys\",\"keys\":[\"b*\"]},\"from\":\"" + id + "\",\"on_lag\":\"pause\"");
        assertTellsThatAnythingMayBeMissing(client.await("cursor_expired"));
        client.send("{\"type\":\"Resume\",\"topic\":\"sockets\"}");
        assertEquals("b4", client.await("event").get("key").textValue());
        String changed = client.subscribe("sockets", "\"filter\":{\"type\":\"Keys\",\"keys\":[\"a*\"]}")
                .get("token")
                .textValue();
        TestGateway.get(
                gateway.gapless().producer(Topic.of("sockets", JsonNode.class)).publish("a5", IntNode.valueOf(5)));
        EventStream resumed = gateway.events(events("sockets", "?keys=a*&from=" + changed));
        assertEquals("a5", resumed.next(1).get(0).data().get("key").textValue(), "the client chose that place itself");
    }

    @Test
    void aCallOfGrpcIsTold() {
        String id = idOfKeysA("calls");
        GrpcStream<SubscribeTopicRequest, SubscribeTopicResponse> stream = gateway.closing(GrpcStream.open(
                SubscribeTopicRequest.newBuilder()
                        .setTopic("calls")
                        .setFrom(id)
                        .addKeys("b*")
                        .build(),
                stub::subscribe));
        assertEquals(ContentCase.SUBSCRIBED, stream.next().getContentCase());
        SubscribeTopicResponse expired = stream.next();
        assertEquals(ContentCase.CURSOR_EXPIRED, expired.getContentCase());
        assertEquals(
                Reason.REASON_POSITION_UNKNOWN,
                expired.getCursorExpired().getGaps(0).getReason());
        assertEquals("b4", stream.next().getBatch().getEvents(0).getKey());
    }
}
