package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.gateway.v1.GaplessGrpc;
import dev.gapless.gateway.v1.SubscribeTopicRequest;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The heads of requests have bounds: in fields, and in what all of them take. Whoever holds most is refused, and nobody else notices. */
@Timeout(180)
class HeadsTest {
    private static final int HALF = 512 << 10;
    private static final String FIELDS = ("X-A: " + "x".repeat(300) + "\r\n").repeat(80);
    /** What they take, but for the last, which does not end, and what does not count. */
    private static final int TAKEN = 79 * (144 + 2 * 303) - (8 << 10);

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("gapless.gateway.budget = 1 MiB");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static RawSocket connect(String... lines) {
        return gateway.closing(new RawSocket(gateway.gateway().port())).send(String.join("\r\n", lines));
    }

    private static long heads() {
        return (long) gateway.metric("gapless_gateway_budget_used_bytes{share=\"heads\"}");
    }

    private static double refused() {
        return gateway.metric("gapless_gateway_refused_total{code=\"over_budget\"}");
    }

    private static void othersGoOn() {
        assertEquals(200, gateway.get("/api/health").statusCode());
        assertEquals(200, gateway.publish("t", "1").statusCode());
    }

    @Test
    void aHeadHasAtMostMaxHeaderFields() {
        String most = "a:\r\n".repeat(99);
        String answer = connect("GET /api/health HTTP/1.1", "Host: localhost", most + "Connection: close", "", "")
                .readAll();
        assertTrue(answer.startsWith("HTTP/1.1 431") && answer.contains("gapless.gateway.max-header-fields"), answer);
        answer =
                connect("GET /api/health HTTP/1.1", "Host: localhost", most, "").readTo("\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
    }

    @Test
    void soHasItByHttp2() throws Exception {
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        assertEquals(200, get(http, 0)); // which comes by HTTP/1.1, and asks for the other
        assertEquals(200, get(http, 80));
        assertEquals(431, get(http, 101));
        assertEquals(200, get(http, 80));
    }

    private static int get(HttpClient http, int fields) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(gateway.uri("/api/health")).timeout(TestGateway.DEADLINE);
        IntStream.range(0, fields).forEach(i -> request.header("a" + i, "1"));
        HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertEquals(HttpClient.Version.HTTP_2, answer.version());
        return answer.statusCode();
    }

    @Test
    void soHaveTheTrailersOfABody() {
        RawSocket socket = connect(
                "POST " + TestGateway.path("t", "messages") + " HTTP/1.1",
                "Host: localhost",
                "Content-Type: application/json",
                "Transfer-Encoding: chunked",
                "",
                "1",
                "1",
                "0",
                "a:\r\n".repeat(200),
                "");
        String answer = socket.readAll();
        assertFalse(answer.contains(" 200 "), answer);
    }

    @Test
    void unfinishedHeadsHaveACommonBound() {
        double before = refused();
        List<RawSocket> all = new ArrayList<>();
        while (refused() == before) {
            long had = heads();
            all.add(connect("GET /api/health HTTP/1.1", "Host: localhost", FIELDS));
            TestGateway.await(() -> heads() >= had + TAKEN || refused() > before);
            assertTrue(heads() <= HALF, () -> heads() + " bytes");
        }
        assertTrue(all.size() > 5, () -> all.size() + " connections");
        String last = all.get(all.size() - 1).readAll();
        assertTrue(last.startsWith("HTTP/1.1 429") && last.contains("urn:gapless:over_budget"), last);
        othersGoOn();
        all.forEach(RawSocket::reset);
        TestGateway.await(() -> heads() == 0);
    }

    @Test
    void oneFieldThatDoesNotEndCountsToo() {
        List<RawSocket> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(connect("GET /api/health HTTP/1.1", "Host: localhost", "X-A: " + "x".repeat(30_000)));
        }
        TestGateway.await(() -> heads() > 5 * 40_000);
        all.forEach(RawSocket::reset);
        TestGateway.await(() -> heads() == 0);
    }

    @Test
    void theHeadOfAStreamCountsUntilItEnds() {
        RawSocket stream = connect(
                "GET " + TestGateway.path("t", "events") + " HTTP/1.1", "Host: localhost", FIELDS + "X-B: 1", "", "");
        stream.readTo("\r\n\r\n");
        assertTrue(heads() > 40_000, () -> heads() + " bytes");
        stream.reset();
        gateway.publish("t", "1"); // which cannot be sent to it
        TestGateway.await(() -> heads() == 0);
    }

    @Test
    void theHeadOfAStreamOfHttp2CountsUntilItEnds() throws Exception {
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        assertEquals(200, get(http, 0));
        HttpRequest.Builder request = HttpRequest.newBuilder(gateway.uri(TestGateway.path("t", "events")))
                .timeout(TestGateway.DEADLINE);
        IntStream.range(0, 80).forEach(i -> request.header("a" + i, "x".repeat(300)));
        HttpResponse<InputStream> stream = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        assertEquals(HttpClient.Version.HTTP_2, stream.version());
        assertTrue(heads() > 40_000, () -> heads() + " bytes");
        stream.body().close();
        TestGateway.await(() -> heads() == 0);
    }

    @Test
    void nothingOfAHeadIsKeptOnceTheWebSocketIsOpen() {
        RawSocket socket = connect(RawSocket.UPGRADE.stripTrailing(), FIELDS + "X-B: 1", "", "");
        socket.readTo("connected");
        TestGateway.await(() -> heads() == 0);
        socket.text("{\"type\":\"Ping\"}");
        socket.readTo("pong");
    }

    @Test
    void theMetadataOfACallCounts() {
        Metadata fields = new Metadata();
        for (int i = 0; i < 400; i++) {
            fields.put(Metadata.Key.of("a" + i, Metadata.ASCII_STRING_MARSHALLER), "1");
        }
        GrpcStream.Connection connection = GrpcStream.Connection.to(gateway);
        var stub = GaplessGrpc.newBlockingStub(connection.channel())
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(fields));
        SubscribeTopicRequest request =
                SubscribeTopicRequest.newBuilder().setTopic("t").build();
        double before = refused();
        StatusRuntimeException refusal = Assertions.assertThrows(StatusRuntimeException.class, () -> {
            for (int i = 0; i < 50; i++) {
                stub.subscribe(request).next();
            }
        });
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, refusal.getStatus().getCode());
        assertTrue(String.valueOf(refusal.getStatus().getDescription()).contains("gapless.gateway.budget"));
        assertTrue(refused() > before);
        assertTrue(heads() > HALF / 2, () -> heads() + " bytes");
        connection.close();
        TestGateway.await(() -> heads() == 0);
    }
}
