package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.gapless.Topic;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who may come in, how many may, and what becomes of those that take nothing. */
@Timeout(120)
class LimitsTest {
    private static String code(String body) {
        return TestGateway.json(body).get("type").textValue().replace("urn:gapless:", "");
    }

    private static String upgrade(TestGateway gateway, String headers) {
        try (RawSocket socket = new RawSocket(gateway.gateway().port())) {
            return socket.send(RawSocket.UPGRADE.replace("Host: localhost\r\n", headers))
                    .readTo("\r\n");
        }
    }

    @Test
    void manyThatComeAtOnceAreNotLeftWithoutAnAnswer() throws Exception {
        try (TestGateway gateway = TestGateway.start("gapless.gateway.max-connections = 1")) {
            InetSocketAddress address = new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), gateway.gateway().port());
            List<Socket> waiting = new ArrayList<>();
            long deadlineNs = System.nanoTime() + TestGateway.DEADLINE.toNanos();
            try {
                for (int i = 0; i < 300; i++) { // one of them is accepted
                    Socket socket = new Socket();
                    waiting.add(socket);
                    socket.connect(address, (int) TestGateway.DEADLINE.toMillis() / 4);
                    int connected = i + 1; // without an answer the system tries again, each time after a second or more
                    assertTrue(System.nanoTime() - deadlineNs < 0, () -> "only " + connected + " are connected");
                }
            } finally {
                for (Socket socket : waiting) {
                    socket.close();
                }
            }
        }
    }

    /** What HTTP/2 begins with: a preface, and settings without any. */
    private static RawSocket grpc(TestGateway gateway) {
        return new RawSocket(gateway.gateway().grpcPort().orElseThrow())
                .send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
                .send(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
    }

    private static final String SETTINGS = "\0\4"; // what the server answers

    /** A connection that has asked for something: others do not make it end. */
    private static GrpcStream.Connection asks(TestGateway gateway) {
        GrpcStream.Connection connection = GrpcStream.Connection.to(gateway);
        HealthGrpc.newBlockingStub(connection.channel()).check(HealthCheckRequest.getDefaultInstance());
        return connection;
    }

    @Test
    void connectionsOfGrpcBeyondTheBoundWaitUntilOneEnds() {
        try (TestGateway gateway = TestGateway.start("gapless.gateway.max-connections = 2")) {
            GrpcStream.Connection first = asks(gateway);
            GrpcStream.Connection second = asks(gateway);
            try (RawSocket third = grpc(gateway);
                    RawSocket fourth = grpc(gateway)) {
                assertTrue(third.isSilent(1_000));
                assertTrue(fourth.isSilent(1_000));
                first.close();
                assertTrue(third.readTo(SETTINGS).endsWith(SETTINGS));
                second.close();
                assertTrue(fourth.readTo(SETTINGS).endsWith(SETTINGS));
            }
        }
    }

    @Test
    void rowB5_aLimitAnswersBeforeTheUpgradeAndNamesItself() {
        try (TestGateway gateway = TestGateway.start("gapless.gateway { max-clients = 3, per-ip-limit = 2 }")) {
            JsonSocket first = gateway.webSocket();
            first.await("connected");
            EventStream second = gateway.events(TestGateway.path("t", "events"));
            assertEquals(200, second.status());
            try (RawSocket third = new RawSocket(gateway.gateway().port())) {
                String answer = third.send(RawSocket.UPGRADE).readTo("}");
                assertTrue(answer.startsWith("HTTP/1.1 429 "), answer);
                assertTrue(answer.contains("gapless.gateway.per-ip-limit"), answer);
                assertTrue(answer.contains("urn:gapless:too_many_clients_of_address"), answer);
            }
            first.close();
            TestGateway.await(() -> upgrade(gateway, "Host: localhost\r\n").startsWith("HTTP/1.1 101 "));
        }
    }

    @Test
    void rowJ8_thereAreAtMostMaxClients() {
        try (TestGateway gateway = TestGateway.start("gapless.gateway.max-clients = 1")) {
            gateway.webSocket().await("connected");
            var answer = gateway.get(TestGateway.path("t", "events"));
            assertEquals(503, answer.statusCode());
            assertEquals("too_many_clients", code(answer.body()));
        }
    }

    private static int clients(TestGateway gateway) {
        return TestGateway.json(gateway.get("/api/status").body())
                .at("/gateway/client_count")
                .intValue();
    }

    @Test
    void whoGoesWhileItIsLetInKeepsNoPlace() {
        try (TestGateway gateway = TestGateway.start("")) {
            for (int i = 0; i < 500; i++) {
                new RawSocket(gateway.gateway().port()).send(RawSocket.UPGRADE).reset();
            }
            gateway.webSocket().await("connected");
            TestGateway.await(() -> clients(gateway) == 1);
        }
    }

    private static RawSocket beginsToPublish(TestGateway gateway) {
        return new RawSocket(gateway.gateway().port())
                .send("POST " + TestGateway.path("few", "messages") + " HTTP/1.1\r\nHost: localhost\r\n"
                        + "Content-Type: application/x-ndjson\r\nContent-Length: 100\r\n\r\n{\"data\":1}\n");
    }

    @Test
    void thereAreAtMostMaxPublishingRequests() {
        try (TestGateway gateway = TestGateway.start("gapless.gateway.max-publishing-requests = 2");
                RawSocket first = beginsToPublish(gateway);
                RawSocket second = beginsToPublish(gateway)) {
            JsonSocket client = gateway.webSocket();
            client.await("connected");
            client.subscribe("few", "\"from\":\"earliest\"");
            client.events(2); // both are under way
            var refused = gateway.publish("few", "1");
            assertEquals(503, refused.statusCode());
            assertEquals("too_many_requests", code(refused.body()));
            assertTrue(refused.body().contains("gapless.gateway.max-publishing-requests"), refused.body());
            assertTrue(refused.headers().firstValue("Retry-After").isPresent());
            first.reset();
            TestGateway.await(() -> gateway.publish("few", "1").statusCode() == 200);
            second.send(" ".repeat(100 - "{\"data\":1}\n".length()));
            assertTrue(second.readTo("\r\n").contains(" 200 "));
        }
    }

    @Test
    void oneAddressDoesNotHoldAllPlacesOfThosePublishing() {
        try (TestGateway gateway = TestGateway.start(
                        "gapless.gateway { max-publishing-requests = 3, publishing-per-ip-limit = 1 }");
                RawSocket first = beginsToPublish(gateway)) {
            JsonSocket client = gateway.webSocket();
            client.await("connected");
            client.subscribe("few", "\"from\":\"earliest\"");
            client.events(1);
            for (int i = 0; i < 5; i++) { // a refusal leaves nothing behind
                var refused = gateway.publish("few", "1");
                assertEquals(429, refused.statusCode());
                assertEquals("too_many_requests_of_address", code(refused.body()));
                assertTrue(refused.body().contains("gapless.gateway.publishing-per-ip-limit"), refused.body());
            }
            first.send(" ".repeat(100 - "{\"data\":1}\n".length()));
            assertTrue(first.readTo("\r\n").contains(" 200 "));
            TestGateway.await(() -> gateway.publish("few", "1").statusCode() == 200);
        }
    }

    @Test
    @Tag("seconds")
    void slowBodiesGiveTheirPlacesBack() throws Exception {
        try (TestGateway gateway = TestGateway.start(
                        "gapless.gateway { max-publishing-requests = 2, publishing-per-ip-limit = 0, header-timeout = 1s }");
                RawSocket one = drips(gateway, "application/json");
                RawSocket line = drips(gateway, "application/x-ndjson")) {
            for (RawSocket slow : List.of(one, line)) {
                String answer = slow.readTo("}");
                assertTrue(answer.startsWith("HTTP/1.1 408 "), answer);
                assertTrue(answer.contains("urn:gapless:too_slow"), answer);
                assertTrue(answer.contains("gapless.gateway.min-body-bytes-per-second"), answer);
            }
            TestGateway.await(() -> gateway.publish("few", "1").statusCode() == 200);
        }
    }

    /** Sends a byte now and then, so that its connection is never idle. */
    private static RawSocket drips(TestGateway gateway, String type) {
        RawSocket socket = new RawSocket(gateway.gateway().port())
                .send("POST " + TestGateway.path("few", "messages") + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                        + type + "\r\nContent-Length: 1000\r\n\r\n");
        Thread dripping = new Thread(() -> {
            try {
                for (int i = 0; i < 100; i++) {
                    socket.send("1");
                    Thread.sleep(100);
                }
            } catch (UncheckedIOException | InterruptedException e) {
                // it was answered
            }
        });
        dripping.setDaemon(true);
        dripping.start();
        return socket;
    }

    @Test
    void whatComesAfterTheCloseKeepsTheClientsOwnFromNobody() {
        try (TestGateway gateway = TestGateway.start("gapless.gateway.write-timeout = 100s");
                RawSocket wrong = new RawSocket(gateway.gateway().port())) {
            wrong.send(RawSocket.UPGRADE).readTo("connected");
            wrong.frame(2, new byte[1]).readTo("closing");
            for (int i = 0; i < 5; i++) {
                wrong.text("{\"type\":\"Ping\"}");
            }
            wrong.frame(8, new byte[] {(byte) (4400 >> 8), (byte) (4400 & 0xff)});
            String end = wrong.readAll();
            assertFalse(end.contains("Timeout"), end);
        }
    }

    @Test
    void aPlainRequestToTheWebSocketKeepsNoPlace() {
        try (TestGateway gateway = TestGateway.start("gapless.gateway.max-clients = 2")) {
            for (int i = 0; i < 5; i++) {
                assertEquals(426, gateway.get("/api/ws").statusCode());
            }
            gateway.webSocket().await("connected");
        }
    }

    @Test
    void aNameThatOnlyLooksLikeAnAddressStaysOutside() {
        try (TestGateway gateway = TestGateway.start("gapless.gateway.allowed-hosts = [\"gw.example\"]")) {
            for (String name : List.of(
                    "127.0.0.1.evil.example",
                    "evil.127.0.0.1",
                    "localhost.evil.example",
                    "gw.example.evil.example",
                    "evil.gw.example",
                    "[::1].evil.example",
                    "")) {
                String answer = upgrade(gateway, "Host: " + name + "\r\n");
                assertFalse(answer.startsWith("HTTP/1.1 101 "), name + ": " + answer);
                assertTrue(answer.startsWith("HTTP/1.1 4"), name + ": " + answer);
            }
            for (String name : List.of("127.0.0.1", "127.0.0.1:1", "[::1]", "LOCALHOST", "GW.example:80")) {
                String answer = upgrade(gateway, "Host: " + name + "\r\n");
                assertTrue(answer.startsWith("HTTP/1.1 101 "), name + ": " + answer);
            }
        }
    }

    @Test
    void foreignPagesAndForeignHostsStayOutside() {
        try (TestGateway gateway = TestGateway.start(
                "gapless.gateway { allowed-origins = [\"https://app.example\"], allowed-hosts = [\"gw.example\"] }")) {
            int port = gateway.gateway().port();
            String ok = "HTTP/1.1 101 ";
            assertTrue(upgrade(gateway, "Host: localhost\r\n").startsWith(ok));
            assertTrue(upgrade(gateway, "Host: localhost:" + port + "\r\nOrigin: http://localhost:" + port + "\r\n")
                    .startsWith(ok));
            assertTrue(upgrade(gateway, "Host: 127.0.0.1\r\nOrigin: https://app.example\r\n")
                    .startsWith(ok));
            assertTrue(upgrade(gateway, "Host: gw.example\r\n").startsWith(ok));
            for (String origin :
                    List.of("https://evil.example", "null", "http://localhost:1", "https://app.example.evil.example")) {
                String answer = upgrade(gateway, "Host: localhost:" + port + "\r\nOrigin: " + origin + "\r\n");
                assertTrue(answer.startsWith("HTTP/1.1 403 "), origin + ": " + answer);
            }
            String rebound = upgrade(gateway, "Host: evil.example\r\nOrigin: http://evil.example\r\n");
            assertTrue(rebound.startsWith("HTTP/1.1 421 "), rebound);

            var post = gateway.post(
                    TestGateway.path("t", "messages"), "application/json", "1", "Origin", "https://evil.example");
            assertEquals(403, post.statusCode());
            assertEquals("forbidden_origin", code(post.body()));
            var allowed = gateway.post(
                    TestGateway.path("t", "messages"), "application/json", "1", "Origin", "https://app.example");
            assertEquals(200, allowed.statusCode());
            assertEquals(
                    "https://app.example",
                    allowed.headers().firstValue("Access-Control-Allow-Origin").orElse(""));
            assertEquals(
                    403,
                    gateway.get(TestGateway.path("t", "events"), "Origin", "https://evil.example")
                            .statusCode());
        }
    }

    @Test
    void aWebSocketHasOnlySoManySubscriptions() {
        try (TestGateway gateway = TestGateway.start("gapless.gateway.max-subscriptions = 2")) {
            JsonSocket client = gateway.webSocket();
            client.await("connected");
            client.subscribe("a", "");
            client.subscribe("b", "");
            client.send("{\"type\":\"Subscribe\",\"topic\":\"c\"}");
            assertEquals(
                    "too_many_subscriptions", client.await("error").get("code").textValue());
            client.send("{\"type\":\"Unsubscribe\",\"topic\":\"a\"}");
            client.await("unsubscribed");
            client.subscribe("c", "");
        }
    }

    @Test
    @Tag("seconds")
    void oneMuteClientStopsTopic_emitBlocksOnSlowest_rowT7_rowB2_whoNeverReadsHoldsNobodyUpAndIsClosed() {
        try (TestGateway gateway = TestGateway.start("""
                gapless.gateway.write-timeout = 2s
                gapless.topics.mute { buffer-messages = 1000, buffer-bytes = 1 MiB }
                """)) {
            try (RawSocket mute = new RawSocket(gateway.gateway().port())) {
                mute.send(RawSocket.UPGRADE).readTo("\r\n\r\n");
                mute.text("{\"type\":\"Subscribe\",\"topic\":\"mute\"}").readTo("subscribed");
                JsonSocket reads = gateway.webSocket();
                reads.await("connected");
                reads.subscribe("mute", "");
                var producer = gateway.gapless().producer(Topic.of("mute", JsonNode.class));
                JsonNode large = TextNode.valueOf("x".repeat(10_000));
                // Until the buffers between them are full: who is overtaken at once is sent less than fits into them.
                int[] sent = {0};
                TestGateway.await(() -> {
                    for (int i = 0; i < 50; i++) {
                        TestGateway.get(producer.publish(large));
                    }
                    for (int i = 0; i < 50; i++) {
                        assertEquals("event", reads.next().get("type").textValue());
                    }
                    sent[0] += 50;
                    return clients(gateway) == 1;
                });
                reads.send("{\"type\":\"Ping\"}");
                assertEquals(sent[0], reads.await("pong").get("events_sent").intValue());
            }
        }
    }

    @Test
    @Tag("seconds")
    void whoIsSlowWithTheHeadOfARequestIsClosed() {
        try (TestGateway gateway = TestGateway.start("gapless.gateway { header-timeout = 1s, idle-timeout = 10m }");
                RawSocket silent = new RawSocket(gateway.gateway().port());
                RawSocket slow = new RawSocket(gateway.gateway().port());
                RawSocket second = new RawSocket(gateway.gateway().port())) {
            slow.send("GET /api/health HTTP/1.1\r\nHo");
            String answer = second.send("GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    .readTo("}");
            assertTrue(answer.contains("200 OK"), answer);
            second.send("GET /api/");
            for (RawSocket one : List.of(slow, silent, second)) {
                String rest = one.readAll();
                assertFalse(rest.contains("200 OK") || rest.contains("Timeout"), rest);
            }
        }
    }

    @Test
    void otherMachinesAreOnlyLetInByIntent() {
        var refused = assertThrows(
                IllegalStateException.class,
                () -> TestGateway.start("gapless.gateway.host = \"0.0.0.0\"").close());
        assertTrue(refused.getMessage().contains("gapless.gateway.insecure"), refused.getMessage());
    }

    @Test
    void aPortThatIsTakenIsToldWithItsSetting() {
        try (TestGateway gateway = TestGateway.start("")) {
            String config = "gapless.gateway.port = " + gateway.gateway().port();
            var failed = assertThrows(
                    IllegalStateException.class, () -> TestGateway.start(config).close());
            assertTrue(failed.getMessage().contains("gapless.gateway.port"), failed.getMessage());
        }
    }

    @Test
    void rowT2_rowJ3_onLagSaysWhatBecomesOfAClientThatTheRingOvertakes() {
        try (TestGateway gateway =
                TestGateway.start("gapless { node-name = n1, buffer-messages = 64, buffer-bytes = 64 KiB }")) {
            var producer = gateway.gapless().producer(Topic.of("lag", JsonNode.class));
            String epoch = TestGateway.get(producer.publish(TextNode.valueOf("0")))
                    .epoch()
                    .toString();
            String from = ",\"from\":{\"positions\":[{\"node\":\"n1\",\"epoch\":\"" + epoch + "\",\"seq\":1}]}";
            Stream.iterate(1, i -> i + 1)
                    .limit(500)
                    .forEach(i -> TestGateway.get(producer.publish(TextNode.valueOf("" + i))));

            JsonSocket pause = gateway.webSocket();
            pause.await("connected");
            pause.subscribe("lag", "\"on_lag\":\"pause\"" + from);
            JsonNode expired = pause.await("cursor_expired");
            assertEquals(2, expired.at("/gaps/0/first_missing").intValue());
            pause.send("{\"type\":\"Ping\"}");
            pause.await("pong");
            JsonSocket again = gateway.webSocket();
            again.await("connected");
            again.subscribe("lag", "\"from\":" + expired.get("token"));
            assertEquals(
                    2,
                    again.await("cursor_expired").at("/gaps/0/first_missing").intValue(),
                    "its token is in front of the gap");
            pause.send("{\"type\":\"Resume\",\"topic\":\"lag\"}");
            TestGateway.get(producer.publish(TextNode.valueOf("last")));
            int resumes = expired.at("/gaps/0/resumes_at").intValue();
            assertEquals(resumes, pause.await("event").get("seq").intValue());
            pause.send("{\"type\":\"Resume\",\"topic\":\"other\"}");

            JsonSocket close = gateway.webSocket();
            close.await("connected");
            close.subscribe("lag", "\"on_lag\":\"close\"" + from);
            close.await("cursor_expired");
            assertTrue(close.await("closing").at("/tokens/lag").isTextual());
            assertEquals(4408, close.status());
        }
    }
}
