package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import dev.gapless.Topic;
import dev.gapless.gateway.v1.GaplessGrpc;
import dev.gapless.gateway.v1.OnLag;
import dev.gapless.gateway.v1.SubscribeTopicRequest;
import dev.gapless.gateway.v1.SubscribeTopicResponse;
import io.grpc.Status;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client that is closed because the ring overtook it comes back behind the gap: it was told, and would be closed without end. */
@Timeout(120)
class CloseOnLagTest {
    private static TestGateway gateway;
    private static String positions;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("gapless { node-name = n1, buffer-messages = 64, buffer-bytes = 64 KiB }");
        var producer = gateway.gapless().producer(Topic.of("lag", JsonNode.class));
        String epoch = "";
        for (int i = 0; i < 300; i++) {
            epoch = TestGateway.get(producer.publish(IntNode.valueOf(i)))
                    .epoch()
                    .toString();
        }
        positions = "{\"positions\":[{\"node\":\"n1\",\"epoch\":\"" + epoch + "\",\"seq\":1}]}";
    }

    @AfterAll
    static void end() {
        gateway.close();
    }

    private static JsonSocket subscribed(String from) {
        JsonSocket client = gateway.webSocket();
        client.await("connected");
        client.subscribe("lag", "\"on_lag\":\"close\",\"from\":" + from);
        return client;
    }

    @Test
    void aWebSocketGoesOnWithTheTokenOfClosing() {
        JsonSocket client = subscribed(positions);
        JsonNode expired = client.await("cursor_expired");
        JsonNode closing = client.await("closing");
        assertEquals(4408, client.status());
        gateway.publish("lag", "1");
        assertEquals(
                expired.at("/gaps/0/resumes_at"),
                subscribed(closing.at("/tokens/lag").toString()).await("event").get("seq"));
        JsonNode again = subscribed(expired.get("token").toString()).await("cursor_expired");
        assertEquals(expired.at("/gaps/0/first_missing"), again.at("/gaps/0/first_missing"));
    }

    @Test
    void eventSourceGoesOnWithItsLastId() {
        String path = TestGateway.path("lag", "events") + "?on_lag=close";
        EventStream stream = gateway.events(path + "&from=" + URLEncoder.encode(positions, StandardCharsets.UTF_8));
        EventStream.Message expired = stream.next(1).get(0);
        assertEquals("cursor_expired", expired.data().get("type").textValue());
        EventStream.Message closing = stream.next(1).get(0);
        assertEquals("closing", closing.data().get("type").textValue());
        gateway.publish("lag", "1");
        JsonNode next = gateway.events(path, "Last-Event-ID", expired.id())
                .next(1)
                .get(0)
                .data();
        assertEquals(expired.data().at("/gaps/0/resumes_at"), next.get("seq"), next::toString);
    }

    @Test
    void aCallGoesOnWithItsLastToken() {
        var stub = GaplessGrpc.newStub(GrpcStream.Connection.to(gateway).channel());
        SubscribeTopicRequest.Builder request =
                SubscribeTopicRequest.newBuilder().setTopic("lag").setOnLag(OnLag.ON_LAG_CLOSE);
        GrpcStream<SubscribeTopicRequest, SubscribeTopicResponse> call =
                GrpcStream.open(request.setFrom(positions).build(), stub::subscribe);
        SubscribeTopicResponse expired = call.next(2).get(1);
        assertEquals(Status.Code.ABORTED, call.status());
        gateway.publish("lag", "1");
        GrpcStream<SubscribeTopicRequest, SubscribeTopicResponse> back =
                GrpcStream.open(request.setFrom(expired.getToken()).build(), stub::subscribe);
        assertEquals(
                expired.getCursorExpired().getGaps(0).getResumesAt(),
                back.next(2).get(1).getBatch().getEvents(0).getPosition().getSeq());
        back.close();
    }
}
