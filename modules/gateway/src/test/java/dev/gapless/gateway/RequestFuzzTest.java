package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.gateway.v1.DocumentChangesGrpc;
import dev.gapless.gateway.v1.GaplessGrpc;
import dev.gapless.gateway.v1.PublishRequest;
import dev.gapless.gateway.v1.PublishResponse;
import dev.gapless.gateway.v1.SubscribeRequest;
import dev.gapless.gateway.v1.SubscribeTopicRequest;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever a request says, it is answered or refused, and is never the gateway's failure. A failure prints the seed. */
@Timeout(120)
class RequestFuzzTest {
    private static final int REQUESTS = 1_000;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3}) ");
    private static final List<String> METHODS = List.of("GET", "GET", "GET", "POST", "OPTIONS", "HEAD", "PUT");
    private static final List<String> PATHS = List.of(
            "/api/topics/fuzz/events",
            "/api/topics/fuzz/messages",
            "/api/ws",
            "/api/status",
            "/metrics",
            "/health/ready");
    private static final List<String> QUERIES = List.of(
            "from=latest&nodes=n1,n2&keys=a*",
            "from=2026-01-31T13:00:00.000%2B01:00&on_lag=resync",
            "max_message_bytes=10&ids=frame",
            "key=k%20k&wait=delivered",
            "hold=true");
    private static final List<String> HOSTS = List.of("localhost", "127.0.0.1:80", "[::1]:80", "example.com");
    private static final List<String> ORIGINS = List.of("http://localhost", "null", "https://example.com:443");
    private static final List<String> OTHERS = List.of(
            "Last-Event-ID: AQAA",
            "Content-Type: application/json; charset=utf-8",
            "Content-Type: application/x-ndjson",
            "Idempotency-Key: k",
            "Accept-Encoding: gzip",
            "Content-Encoding: gzip",
            "Upgrade: websocket",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
            "Expect: 100-continue",
            "Transfer-Encoding: chunked",
            "Content-Length: 3");
    private static final String POST_IN_CHUNKS = String.join(
            "\r\n",
            "POST /api/topics/cuts/messages HTTP/1.1",
            "Host: localhost",
            "Connection: close",
            "Content-Type: application/x-ndjson",
            "Transfer-Encoding: chunked",
            "",
            "");
    /** Of a request that is wrong. Anything else, but for OK, would be the gateway's fault. */
    private static final Set<Status.Code> REFUSED = EnumSet.of(
            Status.Code.INVALID_ARGUMENT,
            Status.Code.FAILED_PRECONDITION,
            Status.Code.RESOURCE_EXHAUSTED,
            Status.Code.NOT_FOUND);

    private static TestGateway gateway;

    private final long seed = Long.getLong("gapless.seed", new Random().nextLong());
    private final Random random = new Random(seed);
    private final HostileText hostile = new HostileText(random, 40);

    @BeforeAll
    static void start() {
        // Its calls of gRPC are cancelled as fast as they come, all on one connection: that has a test of its own,
        // ResetsTest.
        gateway = TestGateway.start("gapless { node-name = n1, gateway.max-resets-per-second = 1000 }");
    }

    @AfterAll
    static void end() {
        gateway.close();
    }

    @AfterEach
    void nothingHasFailed() {
        assertEquals(200, gateway.get("/health/ready").statusCode(), () -> "seed " + seed);
        String metrics = gateway.get("/metrics").body();
        metrics.lines()
                .filter(line -> line.contains("code=\"failed\"") || line.contains("status=\"1011\""))
                .forEach(line -> assertTrue(line.endsWith(" 0.0"), () -> line + ", seed " + seed));
    }

    private String sometimes(List<String> valid) {
        return random.nextInt(3) == 0 ? hostile.of(valid) : valid.get(random.nextInt(valid.size()));
    }

    private String request() {
        StringBuilder text = new StringBuilder(METHODS.get(random.nextInt(METHODS.size())));
        text.append(' ').append(random.nextInt(10) == 0 ? hostile.of(PATHS) : PATHS.get(random.nextInt(PATHS.size())));
        if (random.nextInt(4) > 0) {
            text.append('?').append(sometimes(QUERIES));
        }
        text.append(" HTTP/1.1\r\nConnection: close\r\nHost: ").append(sometimes(HOSTS));
        if (random.nextBoolean()) {
            text.append("\r\nOrigin: ").append(sometimes(ORIGINS));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            text.append("\r\n").append(sometimes(OTHERS));
        }
        return text.append("\r\n\r\n")
                .append(sometimes(List.of("", "{\"data\":1}")))
                .toString();
    }

    @Test
    void anyRequestIsAnsweredOrRefused() {
        int answered = 0;
        Set<String> statuses = new TreeSet<>();
        for (int i = 0; i < REQUESTS; i++) {
            String request = request();
            try (RawSocket socket = new RawSocket(gateway.gateway().port())) {
                socket.send(request.getBytes(StandardCharsets.UTF_8)).shutdownOutput();
                String head = socket.readTo("\r\n\r\n");
                Matcher status = STATUS.matcher(head);
                if (status.lookingAt()) {
                    answered++;
                    statuses.add(status.group(1));
                } else {
                    assertTrue(head.isEmpty(), () -> "seed " + seed + ": " + request + "\n" + head);
                }
                assertFalse(head.startsWith("HTTP/1.1 500"), () -> "seed " + seed + ": " + request + "\n" + head);
            }
        }
        assertTrue(answered > REQUESTS * 8 / 10, "hardly any answers: " + answered + ", seed " + seed);
        assertTrue(statuses.containsAll(List.of("200", "400", "403", "421")), statuses + ", seed " + seed);
    }

    /** NDJSON in chunks, which are cut anywhere, also within a character and within the end of a line. */
    @Test
    void aBodyMeansTheSameHoweverItIsCut() {
        JsonSocket reader = gateway.webSocket();
        reader.await("connected");
        reader.subscribe("cuts", "");
        for (int round = 0; round < 30; round++) {
            List<String> values = new ArrayList<>();
            StringBuilder lines = new StringBuilder();
            for (int i = 1 + random.nextInt(20); i > 0; i--) {
                String value = "ä€\uD83D\uDE00".repeat(random.nextInt(40)) + i;
                values.add(value);
                lines.append("{\"data\":\"").append(value).append("\"}");
                lines.append(i == 1 && random.nextBoolean() ? "" : random.nextBoolean() ? "\n" : "\r\n");
                lines.append(i > 1 && random.nextInt(5) == 0 ? "\n" : "");
            }
            String answer = postInChunks(lines.toString().getBytes(StandardCharsets.UTF_8));
            assertTrue(answer.startsWith("HTTP/1.1 200"), () -> "seed " + seed + ": " + lines + "\n" + answer);
            assertTrue(
                    answer.contains("\"count\":" + values.size() + ","), () -> "seed " + seed + ": " + lines + answer);
            List<String> got = reader.events(values.size()).stream()
                    .map(event -> event.get("data").textValue())
                    .toList();
            assertEquals(values, got, () -> "seed " + seed);
        }
    }

    private String postInChunks(byte[] body) {
        ByteArrayOutputStream chunks = new ByteArrayOutputStream();
        for (int from = 0; from < body.length; ) {
            int length = Math.min(body.length - from, 1 + random.nextInt(random.nextBoolean() ? 3 : 200));
            chunks.writeBytes(String.format(Locale.ROOT, "%x\r\n", length).getBytes(StandardCharsets.US_ASCII));
            chunks.write(body, from, length);
            chunks.writeBytes(new byte[] {'\r', '\n'});
            from += length;
        }
        chunks.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        byte[] sent = chunks.toByteArray();
        try (RawSocket socket = new RawSocket(gateway.gateway().port())) {
            socket.send(POST_IN_CHUNKS);
            int cut = random.nextInt(sent.length);
            socket.send(Arrays.copyOf(sent, cut));
            return socket.send(Arrays.copyOfRange(sent, cut, sent.length)).readAll();
        }
    }

    private List<String> some(List<String> valid) {
        List<String> some = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            some.add(text(valid));
        }
        return some;
    }

    /** Protocol buffers hold no halves of a pair. */
    private String text(List<String> valid) {
        return new String(sometimes(valid).getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    private void assertReadOrRefused(GrpcStream<?, ?> stream, Object request) {
        TestGateway.await(() -> !stream.isEmpty() || stream.isOver());
        if (stream.isOver()) {
            assertTrue(REFUSED.contains(stream.status()), () -> "seed " + seed + ": " + request + stream.why());
        }
        stream.close();
    }

    @Test
    void anyCallIsReadOrRefused() {
        var channel = GrpcStream.Connection.to(gateway).channel();
        List<String> topics = List.of("grpc-fuzz", "t");
        for (int i = 0; i < 200; i++) {
            SubscribeTopicRequest request = SubscribeTopicRequest.newBuilder()
                    .setTopic(text(topics))
                    .setFrom(text(List.of("latest", "earliest", "2026-01-31T13:00:00Z", "AQAA")))
                    .addAllNodes(some(List.of("n1", "*")))
                    .addAllKeys(some(List.of("fleet/*", "k")))
                    .setOnLagValue(random.nextInt(5) - 1)
                    .setMaxMessageBytes(random.nextInt(3) - 1L)
                    .build();
            assertReadOrRefused(GrpcStream.open(request, GaplessGrpc.newStub(channel)::subscribe), request);
        }
        for (int i = 0; i < 100; i++) {
            PublishRequest request = PublishRequest.newBuilder()
                    .setTopic(text(topics))
                    .setKey(text(List.of("k")))
                    .putHeaders(text(List.of("a")), text(List.of("b")))
                    .setJsonData(text(List.of("{\"a\":[1,2.5]}", "\"x\"")))
                    .build();
            GrpcStream<PublishRequest, PublishResponse> stream = GrpcStream.both(GaplessGrpc.newStub(channel)::publish);
            stream.call.onNext(request);
            PublishResponse response = stream.next();
            assertFalse(
                    response.getError().getCode().equals("failed"), () -> "seed " + seed + ": " + request + response);
            stream.close();
        }
        for (int i = 0; i < 100; i++) {
            SubscribeRequest request = SubscribeRequest.newBuilder()
                    .addAllCollections(some(topics))
                    .setSinceSequence(random.nextLong())
                    .setSinceEpoch(random.nextLong())
                    .build();
            GrpcStream<?, ?> stream = GrpcStream.open(request, DocumentChangesGrpc.newStub(channel)::subscribe);
            assertReadOrRefused(stream, request);
        }
    }
}
