package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.gateway.v1.GaplessGrpc;
import dev.gapless.gateway.v1.PublishRequest;
import dev.gapless.gateway.v1.PublishResponse;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients send and do not finish has a common bound: who goes beyond it is told, and nobody else notices. */
@Timeout(180)
class UnfinishedTest {
    private static final int BOUND = 1_000_000;
    private static final int SENT = 90_000;
    private static final String LARGE = "\"" + "x".repeat(SENT) + "\"";

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("gapless.gateway.unfinished-bytes = " + BOUND);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static long unfinished() {
        return (long) gateway.metric("gapless_gateway_unfinished_bytes");
    }

    /** The others publish what is small, by each protocol. */
    private static void othersGoOn() {
        JsonSocket other = gateway.webSocket();
        other.await("connected");
        other.send("{\"type\":\"Publish\",\"topic\":\"t\",\"data\":1}");
        other.await("published");
        assertEquals(200, gateway.publish("t", "2").statusCode());
        var stub = GaplessGrpc.newStub(GrpcStream.Connection.to(gateway).channel());
        GrpcStream<PublishRequest, PublishResponse> call = gateway.closing(GrpcStream.both(stub::publish));
        call.call.onNext(
                PublishRequest.newBuilder().setTopic("t").setJsonData("3").build());
        assertTrue(call.next().hasPosition());
        assertEquals(200, gateway.get("/api/health").statusCode());
    }

    private static RawSocket connect() {
        return gateway.closing(new RawSocket(gateway.gateway().port()));
    }

    /** A frame of a WebSocket that lacks its last byte. */
    private static byte[] unfinishedFrame(int bytes) {
        return unfinishedFrame(bytes, bytes + 1);
    }

    /** The first bytes of a frame of a WebSocket that has so many in all. */
    private static byte[] unfinishedFrame(int bytes, int inAll) {
        byte[] frame = new byte[14 + bytes];
        frame[0] = (byte) 0x81;
        frame[1] = (byte) (0x80 | 127);
        for (int i = 0; i < 4; i++) {
            frame[9 - i] = (byte) (inAll >> (8 * i));
        }
        java.util.Arrays.fill(frame, 14, frame.length, (byte) 'x');
        return frame;
    }

    @Test
    void unfinishedFramesOfWebSockets() {
        double before = gateway.metric("gapless_gateway_closed_total{status=\"1013\"}");
        List<RawSocket> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            RawSocket socket = connect().send(RawSocket.UPGRADE);
            socket.readTo("\r\n\r\n");
            all.add(socket.send(unfinishedFrame(SENT)));
        }
        TestGateway.await(() -> gateway.metric("gapless_gateway_closed_total{status=\"1013\"}") >= before + 5);
        assertTrue(unfinished() <= BOUND);
        othersGoOn();
        String last = all.get(19).readAll();
        assertTrue(last.contains("gapless.gateway.unfinished-bytes"), last);
        all.forEach(RawSocket::reset);
        TestGateway.await(() -> unfinished() == 0);
    }

    @Test
    void unfinishedBodies() {
        List<RawSocket> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add(connect()
                    .send("POST " + TestGateway.path("t", "messages") + " HTTP/1.1\r\nHost: localhost\r\n"
                            + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + Integer.toHexString(SENT + 10) + "\r\n")
                    .send("x".repeat(SENT)));
        }
        TestGateway.await(() -> gateway.metric("gapless_gateway_refused_total{code=\"overloaded\"}") > 0);
        assertTrue(unfinished() <= BOUND);
        othersGoOn();
        all.forEach(RawSocket::reset);
        TestGateway.await(() -> unfinished() == 0);
    }

    private static byte[] bytes(int... bytes) {
        byte[] all = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            all[i] = (byte) bytes[i];
        }
        return all;
    }

    /** The call of a client that sends of its only message all but the last byte. */
    private static RawSocket unfinishedCall() {
        RawSocket socket =
                gateway.closing(new RawSocket(gateway.gateway().grpcPort().orElseThrow()));
        socket.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").send(bytes(0, 0, 0, 4, 0, 0, 0, 0, 0));
        java.io.ByteArrayOutputStream head = new java.io.ByteArrayOutputStream();
        for (String[] header : new String[][] {
            {":method", "POST"},
            {":scheme", "http"},
            {":path", "/gapless.v1.Gapless/Publish"},
            {":authority", "localhost"},
            {"te", "trailers"},
            {"content-type", "application/grpc"}
        }) {
            head.write(0);
            for (String part : header) {
                head.write(part.length());
                head.writeBytes(part.getBytes(StandardCharsets.US_ASCII));
            }
        }
        socket.send(bytes(0, 0, head.size(), 1, 4, 0, 0, 0, 1)).send(head.toByteArray());
        byte[] message = new byte[5 + SENT];
        message[2] = (byte) ((SENT + 1) >> 16);
        message[3] = (byte) ((SENT + 1) >> 8);
        message[4] = (byte) (SENT + 1);
        for (int from = 0; from < message.length; from += 16_000) { // within the window, and the largest frame
            int length = Math.min(16_000, message.length - from);
            if (from >= 48_000) {
                break;
            }
            socket.send(bytes(length >> 16, length >> 8, length, 0, 0, 0, 0, 0, 1))
                    .send(java.util.Arrays.copyOfRange(message, from, from + length));
        }
        return socket;
    }

    @Test
    void unfinishedMessagesOfCalls() {
        double before = gateway.metric("gapless_gateway_refused_total{code=\"overloaded\"}");
        List<RawSocket> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            all.add(unfinishedCall());
        }
        TestGateway.await(() -> gateway.metric("gapless_gateway_refused_total{code=\"overloaded\"}") >= before + 5);
        assertTrue(unfinished() <= BOUND);
        assertTrue(unfinished() > BOUND / 2);
        othersGoOn();
        all.forEach(RawSocket::reset);
        TestGateway.await(() -> unfinished() == 0);
    }

    /** A stream of large messages goes on, however many there are: no more of them are taken than are dealt with. */
    @Test
    void largeMessagesOfOneCallComeThroughOneBehindTheOther() {
        var stub = GaplessGrpc.newStub(GrpcStream.Connection.to(gateway).channel());
        GrpcStream<PublishRequest, PublishResponse> call = gateway.closing(GrpcStream.both(stub::publish));
        PublishRequest large =
                PublishRequest.newBuilder().setTopic("large").setJsonData(LARGE).build();
        for (int i = 0; i < 40; i++) {
            call.call.onNext(large);
        }
        for (int i = 1; i <= 40; i++) {
            assertEquals(i, call.next().getPosition().getSeq());
        }
        call.call.onCompleted();
        assertEquals(Status.Code.OK, call.status());
        TestGateway.await(() -> unfinished() == 0);
    }

    /** A command has no more bytes than a message may have as JSON, and some around it. */
    @Test
    void noCommandIsLargerThanAMessageMayBe() {
        JsonSocket socket = gateway.webSocket();
        socket.await("connected");
        String tooLarge = "x".repeat(700_000);
        // It may be told, and its connection be closed, while it sends.
        String command = "{\"type\":\"Publish\",\"topic\":\"t\",\"data\":\"" + tooLarge + "\"}";
        TestGateway.get(socket.socket().sendText(command, true).handle((sent, failure) -> failure == null));
        assertEquals(1009, socket.status());
        var stub = GaplessGrpc.newStub(GrpcStream.Connection.to(gateway).channel());
        GrpcStream<PublishRequest, PublishResponse> call = gateway.closing(GrpcStream.both(stub::publish));
        call.call.onNext(PublishRequest.newBuilder()
                .setTopic("t")
                .setJsonData("\"" + tooLarge + "\"")
                .build());
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, call.status());
    }

    /** The connection is not reset under a client that goes on sending: it can read why. */
    @Test
    void whoSendsOnIsToldWhyItIsClosed() {
        RawSocket socket = connect().send(RawSocket.UPGRADE);
        socket.readTo("\r\n\r\n");
        double before = gateway.metric("gapless_gateway_closed_total{status=\"1009\"}");
        socket.send(unfinishedFrame(600_000, 1_200_000));
        TestGateway.await(() -> gateway.metric("gapless_gateway_closed_total{status=\"1009\"}") > before);
        for (int i = 0; i < 6; i++) {
            socket.send("x".repeat(100_000));
        }
        String all = socket.readAll();
        assertTrue(all.endsWith("gapless.gateway.max-command-bytes allows"), all);
    }

    /** Nor under one whose request was answered before it came. */
    @Test
    void whoSendsOnGetsTheAnswer() {
        RawSocket socket = connect()
                .send("POST " + TestGateway.path("t", "messages") + " HTTP/1.1\r\nHost: localhost\r\n"
                        + "Content-Type: application/json\r\nContent-Length: 50000000\r\n\r\n");
        for (int i = 0; i < 100; i++) {
            socket.send("x".repeat(100_000));
        }
        String all = socket.readAll();
        assertTrue(all.startsWith("HTTP/1.1 503 "), all);
        assertTrue(all.contains("gapless.gateway.unfinished-bytes"), all);
    }
}
