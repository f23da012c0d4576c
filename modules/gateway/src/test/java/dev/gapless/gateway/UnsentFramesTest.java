package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.gateway.v1.GaplessGrpc;
import dev.gapless.gateway.v1.SubscribeTopicRequest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients do not take has a common bound; those who read what is small do not notice, and what is large comes later. */
@Timeout(180)
class UnsentFramesTest {
    private static final int MESSAGES = 30;
    private static final int MESSAGE_BYTES = 90_000;
    private static final int BOUND = 1_000_000;
    /** Those that each make their own frames would take four times the bound. */
    private static final int STUCK = 40;

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("gapless.gateway { unsent-bytes = " + BOUND
                + ", json-cache-bytes = 0, batch-bytes = 1, send-buffer-bytes = 4 KiB, write-timeout = 60s }");
        Random random = new Random(3);
        byte[] bytes = new byte[MESSAGE_BYTES / 4 * 3];
        for (int i = 0; i < MESSAGES; i++) {
            random.nextBytes(bytes);
            String data = "\"" + Base64.getEncoder().encodeToString(bytes) + "\"";
            assertEquals(200, gateway.publish("large", data).statusCode());
        }
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static long unsent() {
        return (long) gateway.metric("gapless_gateway_unsent_bytes");
    }

    private static RawSocket stuck() {
        RawSocket socket = gateway.closing(new RawSocket(gateway.gateway().port()));
        return socket.send(
                "GET " + TestGateway.path("large", "events") + "?from=earliest HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }

    @Test
    void whoTakesNothingHoldsUpNobodyWhoReadsWhatIsSmallAndLargeMessagesComeLater() {
        List<RawSocket> all = new ArrayList<>();
        for (int i = 0; i < STUCK; i++) {
            all.add(stuck());
        }
        TestGateway.await(() -> unsent() >= BOUND);
        JsonSocket other = gateway.webSocket();
        other.await("connected");
        other.subscribe("small", "");
        JsonSocket large = gateway.webSocket();
        large.await("connected");
        large.subscribe("large", "\"from\":\"earliest\"");
        for (int i = 1; i <= 20; i++) {
            gateway.publish("small", "" + i);
            assertEquals(i, other.await("event").get("data").intValue());
            assertTrue(unsent() < BOUND + 16L * 2 * MESSAGE_BYTES, "each thread finishes the frame that it has begun");
        }
        all.forEach(RawSocket::reset);
        List<JsonNode> events = large.events(MESSAGES);
        assertEquals(MESSAGES, events.get(MESSAGES - 1).get("seq").intValue());
        TestGateway.await(() -> unsent() == 0);
    }

    @Test
    void callsThatTakeNothingGiveBackWhatTheyHeldWhenTheyAreCancelled() {
        var stub = GaplessGrpc.newStub(GrpcStream.Connection.to(gateway).channel());
        var request = SubscribeTopicRequest.newBuilder()
                .setTopic("large")
                .setFrom("earliest")
                .build();
        List<GrpcStream<?, ?>> calls = new ArrayList<>();
        for (int i = 0; i < STUCK; i++) {
            calls.add(gateway.closing(GrpcStream.open(1, request, stub::subscribe)));
        }
        calls.forEach(GrpcStream::next);
        TestGateway.await(() -> unsent() > 0);
        calls.forEach(GrpcStream::close);
        TestGateway.await(() -> unsent() == 0);
    }

    /** A large message comes in parts, which no client's buffer has a copy of. */
    @Test
    void aMessageThatManyAreSentIsWholeForEachOfThem() {
        try (TestGateway sharing = TestGateway.start("")) {
            List<JsonSocket> sockets = new ArrayList<>();
            List<EventStream> streams = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                JsonSocket socket = sharing.webSocket();
                socket.await("connected");
                socket.subscribe("t", i == 0 ? "\"ids\":true" : "");
                sockets.add(socket);
                streams.add(sharing.events(TestGateway.path("t", "events") + (i == 0 ? "?ids=frame" : "")));
                streams.get(i).next();
            }
            List<String> data =
                    List.of("1", "\"" + "é".repeat(40_000) + "\"", "{\"a\":\"" + "b".repeat(9_000) + "\"}", "2");
            data.forEach(one -> sharing.publish("t", one));
            for (String one : data) {
                for (int i = 0; i < 3; i++) {
                    assertEquals(one, sockets.get(i).await("event").get("data").toString());
                    assertEquals(
                            one,
                            streams.get(i).next(1).get(0).data().get("data").toString());
                }
            }
        }
    }
}
