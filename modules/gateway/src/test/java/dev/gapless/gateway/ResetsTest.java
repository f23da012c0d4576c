package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that begin streams of HTTP/2, and reset them at once. */
@Timeout(120)
class ResetsTest {
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int END_HEADERS = 4;
    private static final byte[] CANCEL = {0, 0, 0, 8};
    private static final int GOAWAY = 7;
    private static final int ENHANCE_YOUR_CALM = 11;

    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .put((byte) 0)
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    private static byte[] field(String name, String value) {
        byte[] bytes = ("\0" + (char) name.length() + name + (char) value.length() + value)
                .getBytes(StandardCharsets.ISO_8859_1);
        return bytes;
    }

    private static byte[] head() {
        ByteBuffer head = ByteBuffer.allocate(200);
        head.put(field(":method", "POST"))
                .put(field(":scheme", "http"))
                .put(field(":path", "/gapless.v1.Gapless/Subscribe"))
                .put(field(":authority", "localhost"))
                .put(field("content-type", "application/grpc"))
                .put(field("te", "trailers"));
        byte[] bytes = new byte[head.position()];
        head.flip().get(bytes);
        return bytes;
    }

    private static RawSocket resets(int port, int number) {
        RawSocket client =
                new RawSocket(port).send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").send(frame(SETTINGS, 0, 0, new byte[0]));
        for (int i = 0; i < number; i++) {
            try {
                client.send(frame(HEADERS, END_HEADERS, 2 * i + 1, head()))
                        .send(frame(RST_STREAM, 0, 2 * i + 1, CANCEL));
            } catch (java.io.UncheckedIOException e) {
                break; // it was closed
            }
        }
        return client;
    }

    private static boolean isToldToCalmDown(String answer) {
        ByteBuffer frames = ByteBuffer.wrap(answer.getBytes(StandardCharsets.ISO_8859_1));
        while (frames.remaining() >= 9) {
            int length = (frames.get() & 0xff) << 16 | (frames.getShort() & 0xffff);
            int type = frames.get();
            frames.get(); // flags
            frames.getInt(); // stream
            if (type == GOAWAY && frames.getInt(frames.position() + 4) == ENHANCE_YOUR_CALM) {
                return true;
            }
            frames.position(Math.min(frames.limit(), frames.position() + length));
        }
        return false;
    }

    private static int port(TestGateway gateway, String protocol) {
        return protocol.equals("http")
                ? gateway.gateway().port()
                : gateway.gateway().grpcPort().orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "grpc"})
    @DisplayName("More than max-resets-per-second are told to calm down, and end")
    void tooMany(String protocol) {
        try (TestGateway gateway = TestGateway.start("gapless.gateway.max-resets-per-second = 5");
                RawSocket client = resets(port(gateway, protocol), 60)) {
            String answer = client.readAll();
            assertTrue(isToldToCalmDown(answer), () -> "no GOAWAY in " + answer.length() + " bytes");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "grpc"})
    @DisplayName("A few are nothing to speak of")
    void few(String protocol) {
        try (TestGateway gateway = TestGateway.start("");
                RawSocket client = resets(port(gateway, protocol), 50)) {
            byte[] ping = frame(6, 0, 0, "are here".getBytes(StandardCharsets.US_ASCII));
            assertTrue(client.send(ping).readTo("are here").endsWith("are here"));
            assertEquals(200, gateway.get("/health/live").statusCode());
        }
    }
}
