package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.gateway.v1.Event;
import dev.gapless.gateway.v1.GaplessGrpc;
import dev.gapless.gateway.v1.SubscribeTopicRequest;
import dev.gapless.gateway.v1.SubscribeTopicResponse;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pekko compresses JSON of more than 32 KiB. Bounds count what it decompresses to, which is what clients and the gateway pay for. */
@Timeout(180)
class CompressedMessagesTest {
    private static final String LARGE = "gapless { batch-bytes = 192 KiB, max-message-bytes = 192 KiB }\n";
    /** The quotes, too. */
    private static final int BYTES = 150_002;

    private static final String DATA = "\"" + "0".repeat(BYTES - 2) + "\"";

    @Test
    void aMessageThatIsTooLargeOnceDecompressedIsRefused() {
        try (TestGateway gateway = TestGateway.start("")) {
            HttpResponse<String> answer = gateway.publish("t", DATA);
            assertEquals(413, answer.statusCode(), answer.body());
            assertTrue(answer.body().contains("gapless.max-message-bytes"), answer.body());
            JsonSocket socket = gateway.webSocket();
            socket.await("connected");
            socket.send("{\"type\":\"Publish\",\"topic\":\"t\",\"data\":" + DATA + "}");
            assertEquals("too_large", socket.await("error").get("code").textValue());
        }
    }

    private static Event first(TestGateway gateway, SubscribeTopicRequest.Builder request) {
        var stub = GaplessGrpc.newStub(GrpcStream.Connection.to(gateway).channel());
        GrpcStream<SubscribeTopicRequest, SubscribeTopicResponse> stream =
                gateway.closing(GrpcStream.open(request.build(), stub::subscribe));
        assertTrue(stream.next().hasSubscribed());
        return stream.next().getBatch().getEvents(0);
    }

    @Test
    void clientsBoundWhatTheyAreGivenOnceDecompressed() {
        try (TestGateway gateway = TestGateway.start(LARGE)) {
            assertEquals(200, gateway.publish("t", DATA).statusCode());
            for (int most : new int[] {BYTES - 1, BYTES}) {
                JsonSocket socket = gateway.webSocket();
                socket.await("connected");
                socket.subscribe("t", "\"from\":\"earliest\",\"max_message_bytes\":" + most);
                String path = TestGateway.path("t", "events") + "?from=earliest&max_message_bytes=" + most;
                JsonNode streamed = gateway.events(path).next(1).get(0).data();
                Event called = first(
                        gateway,
                        SubscribeTopicRequest.newBuilder()
                                .setTopic("t")
                                .setFrom("earliest")
                                .setMaxMessageBytes(most));
                if (most < BYTES) {
                    assertEquals(BYTES, socket.await("withheld").get("bytes").longValue());
                    assertEquals("withheld", streamed.get("type").textValue());
                    assertEquals(BYTES, streamed.get("bytes").longValue());
                    assertEquals(BYTES, called.getWithheld());
                } else {
                    assertEquals(DATA, socket.await("event").get("data").toString());
                    assertEquals(DATA, streamed.get("data").toString());
                    assertEquals(DATA, called.getJsonData());
                }
            }
        }
    }

    @Test
    void noClientIsShownMoreThanTheGatewayShows() {
        try (TestGateway gateway = TestGateway.start(LARGE + "gapless.gateway.max-event-bytes = " + (BYTES - 1))) {
            assertEquals(200, gateway.publish("t", DATA).statusCode());
            assertEquals(200, gateway.publish("t", "1").statusCode());
            JsonSocket socket = gateway.webSocket();
            socket.await("connected");
            socket.subscribe("t", "\"from\":\"earliest\"");
            assertEquals(BYTES, socket.await("withheld").get("bytes").longValue());
            assertEquals(1, socket.await("event").get("data").intValue());
            Event called = first(
                    gateway, SubscribeTopicRequest.newBuilder().setTopic("t").setFrom("earliest"));
            assertEquals(BYTES, called.getWithheld());
        }
    }
}
