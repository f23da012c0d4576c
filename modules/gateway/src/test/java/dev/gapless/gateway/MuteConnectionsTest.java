package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.gateway.v1.GaplessGrpc;
import dev.gapless.gateway.v1.SubscribeTopicRequest;
import dev.gapless.gateway.v1.SubscribeTopicResponse;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that say nothing, or not who they are, keep nobody out. Nothing but others makes them end here. */
@Timeout(180)
class MuteConnectionsTest {
    private static final int MUTE = 100;
    private static final String PATIENT = """
        gapless.gateway {
          max-connections = 16
          header-timeout = 1 day
          idle-timeout = 1 day
          access.auth-timeout = 1 day
        }
        """;

    @TempDir
    private Path directory;

    private String access;
    private final List<RawSocket> mute = new ArrayList<>();

    @BeforeEach
    void tokens() {
        AccessFile file = new AccessFile(directory)
                .write("reader", "{\"subscribe\":[\"t\"],\"publish\":[\"t\"],\"create\":[\"t\"],\"status\":true}");
        file.save();
        access = PATIENT + "gapless.gateway.access.tokens-file = \"" + file.path() + "\"\n";
    }

    @AfterEach
    void close() {
        mute.forEach(RawSocket::close);
    }

    private void connect(int number, IntFunction<RawSocket> one) {
        for (int i = 0; i < number; i++) {
            mute.add(one.apply(i));
        }
    }

    private static double ended(TestGateway gateway, String protocol) {
        return gateway.get("/metrics", AccessFile.bearer("reader"))
                .body()
                .lines()
                .filter(line -> line.startsWith("gapless_gateway_mute_ended_total{protocol=\"" + protocol + "\"}"))
                .mapToDouble(line -> Double.parseDouble(line.split(" ", -1)[1]))
                .sum();
    }

    private static EventStream reads(TestGateway gateway) {
        EventStream events = gateway.events(TestGateway.path("t", "events"), AccessFile.bearer("reader"));
        assertEquals(200, events.status());
        return events;
    }

    private static int publish(TestGateway gateway, String json) {
        return gateway.post(TestGateway.path("t", "messages"), "application/json", json, AccessFile.bearer("reader"))
                .statusCode();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET /api/ws HTTP"})
    @DisplayName("Those that have shown no credential take a quarter; those with a credential stay, and come in")
    void http(String said) {
        try (TestGateway gateway = TestGateway.start(access)) {
            EventStream before = reads(gateway);
            connect(MUTE, i -> new RawSocket(gateway.gateway().port()).send(said));
            List<EventStream> clients = new ArrayList<>(List.of(before));
            for (int i = 0; i < 8; i++) {
                clients.add(reads(gateway));
            }
            assertEquals(200, publish(gateway, "1"));
            for (EventStream client : clients) {
                assertEquals(1, client.next(1).get(0).data().path("data").asInt());
            }
            assertTrue(ended(gateway, "http") >= MUTE - 4, () -> ended(gateway, "http") + " were ended");
        }
    }

    @Test
    @DisplayName("Without access control, those that have asked for nothing")
    void withoutAccess() {
        try (TestGateway gateway = TestGateway.start(PATIENT)) {
            EventStream before = gateway.events(TestGateway.path("t", "events"));
            connect(MUTE, i -> new RawSocket(gateway.gateway().port()).send("GET /"));
            assertEquals(200, gateway.publish("t", "1").statusCode());
            assertEquals(1, before.next(1).get(0).data().path("data").asInt());
            assertTrue(ended(gateway, "http") >= MUTE - 4, () -> ended(gateway, "http") + " were ended");
        }
    }

    @Test
    @DisplayName(
            "WebSockets that wait for Auth: the oldest of the address that has most, also where max-clients is what bounds them")
    void webSockets() {
        try (TestGateway gateway =
                TestGateway.start(access + "gapless.gateway { max-connections = 1000, max-clients = 8 }")) {
            RawSocket other = new RawSocket(gateway.gateway().port(), "127.0.0.2").send(RawSocket.UPGRADE);
            mute.add(other);
            assertTrue(other.readTo("connected").contains("connected"));
            connect(MUTE, i -> new RawSocket(gateway.gateway().port()).send(RawSocket.UPGRADE));
            // Those that are still on their way would come after the clients, and so end them.
            TestGateway.await(() -> ended(gateway, "websocket") >= MUTE - 1);
            for (int i = 0; i < 4; i++) {
                JsonSocket client = gateway.webSocket();
                client.await("connected");
                client.send("{\"type\":\"Auth\",\"token\":\"" + AccessFile.token("reader") + "\"}");
                client.await("authenticated");
                client.subscribe("t", "");
                assertFalse(client.isClosed());
            }
            reads(gateway);
            other.text("{\"type\":\"Auth\",\"token\":\"" + AccessFile.token("reader") + "\"}");
            assertTrue(other.readTo("authenticated").contains("authenticated"), "it is the only one of its address");
        }
    }

    @Test
    @DisplayName("At the port of gRPC")
    void grpc() {
        try (TestGateway gateway = TestGateway.start(access)) {
            int port = gateway.gateway().grpcPort().orElseThrow();
            List<GrpcStream<?, SubscribeTopicResponse>> streams = new ArrayList<>();
            streams.add(subscribe(gateway));
            connect(MUTE, i -> new RawSocket(port).send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
            for (int i = 0; i < 8; i++) {
                streams.add(subscribe(gateway));
            }
            assertEquals(200, publish(gateway, "1"));
            for (GrpcStream<?, SubscribeTopicResponse> stream : streams) {
                TestGateway.await(() -> stream.next().hasBatch());
            }
            assertTrue(ended(gateway, "grpc") >= MUTE - 4, () -> ended(gateway, "grpc") + " were ended");
        }
    }

    /** Over a connection of its own; it has begun. */
    private static GrpcStream<SubscribeTopicRequest, SubscribeTopicResponse> subscribe(TestGateway gateway) {
        Metadata credential = new Metadata();
        credential.put(
                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), AccessFile.bearer("reader")[1]);
        GaplessGrpc.GaplessStub stub = GaplessGrpc.newStub(
                        GrpcStream.Connection.to(gateway).channel())
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(credential));
        GrpcStream<SubscribeTopicRequest, SubscribeTopicResponse> stream = gateway.closing(
                GrpcStream.open(SubscribeTopicRequest.newBuilder().setTopic("t").build(), stub::subscribe));
        stream.next();
        return stream;
    }
}
