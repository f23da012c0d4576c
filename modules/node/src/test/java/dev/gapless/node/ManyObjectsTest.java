package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.gateway.v1.GaplessGrpc;
import dev.gapless.gateway.v1.SubscribeTopicRequest;
import dev.gapless.gateway.v1.SubscribeTopicResponse;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node with a heap of 256 MB, and clients that send the cheapest bytes for the most objects: on each path, by each protocol. It stays
 * alive, and the witness is served, and never refused. How long the witness waits is printed.
 */
@Tag("thorough")
@Tag("day0")
@Timeout(300)
class ManyObjectsTest {
    /** Of the fewest bytes that are a field: 30 KB of them. */
    private static final String FIELDS = "a:\r\n".repeat(7_500);

    @TempDir
    private Path directory;

    private final List<ManagedChannel> channels = new ArrayList<>();
    private SmallNode node;
    private double calmMs;
    private double slowestMs;

    private void start(String... more) throws Exception {
        node = new SmallNode(directory, more);
        for (int i = 0; i < 20; i++) {
            double ms = served();
            calmMs = i < 10 ? 0 : Math.max(calmMs, ms); // once it is warm
        }
    }

    @AfterEach
    void stop() throws Exception {
        System.out.printf("Witness: at most %.0f ms when it was calm, and %.0f ms in the attack%n", calmMs, slowestMs);
        channels.forEach(ManagedChannel::shutdownNow);
        node.close();
    }

    private double served() throws Exception {
        long fromNs = System.nanoTime();
        node.undisturbed();
        return (System.nanoTime() - fromNs) / 1e6;
    }

    private void witness() throws Exception {
        slowestMs = Math.max(slowestMs, served());
    }

    /** For some seconds, in which those who attack keep what they have. */
    private void witnessOnward() throws Exception {
        for (int i = 0; i < 10; i++) {
            witness();
            Thread.sleep(300); // what comes meanwhile is what the test is about
        }
    }

    /** Sends this to a connection that is refused, perhaps. */
    private Socket attack(int port, String text) {
        try {
            return node.socket(port, text);
        } catch (IOException refused) {
            return new Socket();
        }
    }

    private static void send(Socket to, byte[] bytes) {
        try {
            to.getOutputStream().write(bytes);
        } catch (IOException refused) {
            // its connection has ended
        }
    }

    private static String head(String line, String more) {
        return line + " HTTP/1.1\r\nHost: localhost\r\n" + more;
    }

    private void assertRefused(String code) {
        assertTrue(node.counted("gapless_gateway_refused_total{code=\"" + code + "\"}") > 0, "somebody was refused");
    }

    // ------------------------------------------------------------------ heads

    @Test
    void unfinishedHeads() throws Exception {
        start();
        for (int i = 0; i < 500; i++) {
            attack(node.port(), head("GET /api/health", FIELDS));
            if (i % 50 == 0) {
                witness();
            }
        }
        witnessOnward();
    }

    @Test
    void headsOfEventStreams() throws Exception {
        start();
        for (int i = 0; i < 400; i++) {
            attack(node.port(), head("GET /api/topics/quiet/events", FIELDS + "\r\n"));
            if (i % 50 == 0) {
                witness();
            }
        }
        witnessOnward();
    }

    @Test
    void headsOfEventStreamsThatAreOfUse() throws Exception {
        start();
        String useful = IntStream.range(0, 60)
                .mapToObj(i -> "X-Forwarded-For: " + "1.2.3.4,".repeat(60) + "\r\n")
                .collect(Collectors.joining());
        for (int i = 0; i < 1_500; i++) {
            attack(node.port(), head("GET /api/topics/quiet/events", useful + "\r\n"));
            if (i % 50 == 0) {
                witness();
            }
        }
        witnessOnward();
    }

    @Test
    void headsOfWebSockets() throws Exception {
        start();
        for (int i = 0; i < 400; i++) {
            attack(node.port(), upgrade(FIELDS));
            if (i % 50 == 0) {
                witness();
            }
        }
        witnessOnward();
    }

    @Test
    void headsOfBodiesThatDoNotEnd() throws Exception {
        start("gapless.gateway.publishing-per-ip-limit = 0");
        for (int i = 0; i < 250; i++) {
            String more = "Content-Type: application/json\r\nContent-Length: 10\r\n" + FIELDS + "\r\n1";
            attack(node.port(), head("POST /api/topics/quiet/messages", more));
            if (i % 50 == 0) {
                witness();
            }
        }
        witnessOnward();
    }

    /** As many fields as a head of 32 KiB may have by HTTP/2, which counts 32 bytes for each more. */
    @Test
    void headsOfStreamsOfHttp2() throws Exception {
        start();
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.writeBytes(new byte[] {(byte) 0x82, (byte) 0x86}); // GET, http
        literal(block, 4, "/api/topics/quiet/events");
        literal(block, 1, "localhost");
        for (int i = 0; i < 950; i++) {
            block.writeBytes(new byte[] {0, 1, 'a', 0});
        }
        for (int i = 0; i < 30; i++) {
            Socket socket = attack(node.port(), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
            send(socket, frame(4, 0, 0, new byte[0]));
            for (int stream = 1; stream < 200; stream += 2) {
                send(socket, frame(1, 5, stream, block.toByteArray()));
            }
            witness();
        }
        witnessOnward();
    }

    /** No field of it is looked at before its last frame has come. */
    @Test
    void headsOfHttp2ThatDoNotEnd() throws Exception {
        start();
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < 4_000; i++) {
            block.writeBytes(new byte[] {0, 1, 'a', 0});
        }
        for (int i = 0; i < 300; i++) {
            Socket socket = attack(node.port(), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
            send(socket, frame(4, 0, 0, new byte[0]));
            send(socket, frame(1, 1, 1, block.toByteArray()));
            for (int more = 0; more < 100; more++) {
                send(socket, frame(9, 0, 1, block.toByteArray())); // CONTINUATION: 1.6 MB in all
            }
            if (i % 50 == 0) {
                witness();
            }
        }
        witnessOnward();
    }

    private static void literal(ByteArrayOutputStream to, int index, String value) {
        to.write(index);
        to.write(value.length());
        to.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] frame(int type, int flags, int stream, byte[] payload) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(payload.length << 8 | type);
        out.writeByte(flags);
        out.writeInt(stream);
        out.write(payload);
        return bytes.toByteArray();
    }

    @Test
    void headsOfCalls() throws Exception {
        start();
        Metadata fields = new Metadata();
        for (int i = 0; i < 850; i++) {
            fields.put(Metadata.Key.of("a" + i % 10, Metadata.ASCII_STRING_MARSHALLER), "" + i);
        }
        for (int i = 0; i < 30; i++) {
            ManagedChannel channel = Grpc.newChannelBuilder(
                            "127.0.0.1:" + node.grpcPort(), InsecureChannelCredentials.create())
                    .intercept(MetadataUtils.newAttachHeadersInterceptor(fields))
                    .build();
            channels.add(channel);
            for (int call = 0; call < 100; call++) {
                GaplessGrpc.newStub(channel)
                        .subscribe(
                                SubscribeTopicRequest.newBuilder()
                                        .setTopic("quiet")
                                        .build(),
                                new Ignoring());
            }
            witness();
        }
        witnessOnward();
    }

    private static final class Ignoring implements StreamObserver<SubscribeTopicResponse> {
        @Override
        public void onNext(SubscribeTopicResponse response) {}

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onCompleted() {}
    }

    // ------------------------------------------------------------------ commands

    private static String upgrade(String fields) {
        String own = String.join(
                "\r\n",
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                "Sec-WebSocket-Version: 13",
                "");
        return head("GET /api/ws?hold=true", own + fields + "\r\n");
    }

    /** One text, masked with zeros. */
    private static byte[] text(String text) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            byte[] payload = text.getBytes(StandardCharsets.UTF_8);
            out.writeByte(0x81);
            out.writeByte(0x80 | 127);
            out.writeLong(payload.length);
            out.writeInt(0);
            out.write(payload);
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new AssertionError(e); // it is memory
        }
    }

    /** Reads what comes until it has that text, or ends. */
    private static void awaitText(Socket socket, String text) {
        StringBuilder got = new StringBuilder();
        byte[] some = new byte[8_192];
        try {
            while (got.indexOf(text) < 0) {
                int read = socket.getInputStream().read(some);
                if (read < 0) {
                    return;
                }
                got.append(new String(some, 0, read, StandardCharsets.ISO_8859_1));
                got.delete(0, Math.max(0, got.length() - 100_000));
            }
        } catch (IOException refused) {
            // its connection has ended
        }
    }

    private void subscribeToMany(int sockets, String members) throws Exception {
        for (int i = 0; i < sockets; i++) {
            Socket socket = attack(node.port(), upgrade(""));
            for (int topic = 0; topic < 100; topic++) {
                send(socket, text(String.format("{\"type\":\"Subscribe\",\"topic\":\"t%d\"%s}", topic, members)));
                awaitText(socket, "\"topic\":\"t" + topic + "\"");
                if (topic % 20 == 0) {
                    witness();
                }
            }
        }
        witnessOnward();
    }

    @Test
    void filtersOfLongKeys() throws Exception {
        start();
        String keys = IntStream.range(0, 1_000)
                .mapToObj(i -> "\"" + "k".repeat(486) + (1_000 + i) + "\"")
                .collect(Collectors.joining(","));
        subscribeToMany(5, ",\"filter\":{\"keys\":[" + keys + "]}");
        assertRefused("over_budget");
    }

    @Test
    void filtersOfManyKeys() throws Exception {
        start();
        String keys = IntStream.range(0, 1_000).mapToObj(i -> "\"" + i + "\"").collect(Collectors.joining(","));
        subscribeToMany(30, ",\"filter\":{\"keys\":[" + keys + "],\"nodes\":[" + keys + "]}");
        assertRefused("over_budget");
    }

    // ------------------------------------------------------------------ rings

    /** Of one client, which reads and fills one topic after the other. The witness's topic is the application's. */
    @Test
    void ringsOfManyTopics() throws Exception {
        start("gapless.topics.watched {}");
        String line = "{\"data\":\"" + "x".repeat(16 << 10) + "\"}";
        String lines = String.join("\n", Collections.nCopies(1_050, line)); // more than a ring
        for (int i = 0; i < 26; i++) {
            String topic = "filled" + i;
            attack(node.port(), head("GET /api/topics/" + topic + "/events", "\r\n"));
            assertEquals(
                    200,
                    node.postLines("/api/topics/" + topic + "/messages", lines).statusCode());
            witness();
        }
        witnessOnward();
        double rings = node.counted("gapless_gateway_rings_bytes");
        assertTrue(rings > 16 << 20 && rings <= 32 << 20, "bytes of rings: " + rings);
        node.hasKeptAll();
    }
}
