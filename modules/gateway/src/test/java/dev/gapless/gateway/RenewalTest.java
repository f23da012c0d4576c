package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.gateway.Certificates.Own;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients show other credentials, and the gateway another certificate, while messages flow. */
@Timeout(300)
@Tag("thorough")
@Tag("day1")
class RenewalTest {
    private static final int CLIENTS = 20;
    private static final int RENEWALS = 50;
    private static final String MAY = "{\"subscribe\":[\"*\"],\"publish\":[\"*\"],\"create\":[\"*\"]}";

    @TempDir
    private Path directory;

    /** One that renews so often as it can, and notes what it is given. */
    private static final class Renewing {
        private final JsonSocket socket;
        private int renewals;
        private long last;
        private long events;

        Renewing(JsonSocket socket) {
            this.socket = socket;
            socket.await("connected");
            auth();
            socket.await("authenticated");
            socket.subscribe("t", "\"from\":\"earliest\"");
        }

        private void auth() {
            socket.send("{\"type\":\"Auth\",\"token\":\"token-" + renewals % 2 + "\"}");
        }

        /** Until it has renewed often enough, and has what was published last. */
        void run(CompletableFuture<Long> end) {
            auth();
            while (!end.isDone() || last < end.join()) {
                JsonNode message = socket.next();
                switch (message.path("type").asText()) {
                    case "authenticated" -> {
                        renewals++;
                        if (renewals < RENEWALS) {
                            auth();
                        }
                    }
                    case "event" -> {
                        events++;
                        assertEquals(last + 1, message.path("seq").asLong(), message::toString);
                        last++;
                    }
                    default -> throw new AssertionError(message);
                }
            }
        }
    }

    @Test
    @DisplayName(
            "1,000 renewals of 20 clients, and another certificate: nothing is missed, nothing comes twice, no connection is lost")
    void underLoad() {
        Certificates certificates = new Certificates(directory);
        Own first = certificates.make("first", "EC");
        Own second = certificates.make("second", "EC");
        Path tokens = certificates.write(
                "tokens.json",
                "{\"tokens\":[" + AccessTest.entry("a", "token-0", MAY, "") + ","
                        + AccessTest.entry("b", "token-1", MAY, "") + "]}");
        SSLContext trustsBoth = Certificates.client(null, first, second);
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(trustsBoth)
                .build();
        ExecutorService threads = Executors.newCachedThreadPool();
        try (LogLines log = LogLines.atTrace();
                TestGateway gateway = TestGateway.start(
                        certificates.settings(first) + "gapless.gateway.access.tokens-file = \"" + tokens + "\"")) {
            List<Renewing> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(new Renewing(gateway.closing(JsonSocket.open(http, gateway.uri("/api/ws")))));
            }
            CompletableFuture<Long> end = new CompletableFuture<>();
            List<CompletableFuture<Void>> running = clients.stream()
                    .map(client -> CompletableFuture.runAsync(() -> client.run(end), threads))
                    .toList();
            boolean changed = false;
            long published = 0;
            while (clients.stream().anyMatch(client -> client.renewals < RENEWALS)
                    || log.count("read the files") == 0) {
                assertFalse(running.stream().anyMatch(CompletableFuture::isCompletedExceptionally), running::toString);
                publish(http, gateway);
                published++;
                if (published > 100 && !changed) {
                    changed = true;
                    certificates.settings(second);
                }
            }
            published++;
            end.complete(published); // before the last one: whoever has that looks whether it is the last
            publish(http, gateway);
            running.forEach(TestGateway::get);
            long all = published;
            for (Renewing client : clients) {
                assertTrue(client.renewals >= RENEWALS);
                assertEquals(all, client.events);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void publish(HttpClient http, TestGateway gateway) {
        HttpResponse<String> answer = TestGateway.get(http.sendAsync(
                HttpRequest.newBuilder(gateway.uri(TestGateway.path("t", "messages")))
                        .header("Content-Type", "application/json")
                        .header("Authorization", "Bearer token-0")
                        .POST(HttpRequest.BodyPublishers.ofString("1"))
                        .build(),
                HttpResponse.BodyHandlers.ofString()));
        assertEquals(200, answer.statusCode(), answer::body);
    }

    @Test
    @DisplayName(
            "a token that expires in mid-stream, under load, ends its clients, who have everything up to the token of their closing")
    void expiryUnderLoad() {
        Certificates certificates = new Certificates(directory);
        Instant expires = Instant.now().plusSeconds(6);
        Path tokens = certificates.write(
                "tokens.json",
                "{\"tokens\":[" + AccessTest.entry("a", "token-0", MAY, "") + ","
                        + AccessTest.entry("b", "token-1", MAY, ",\"expires\":\"" + expires + "\"") + "]}");
        ExecutorService threads = Executors.newCachedThreadPool();
        try (TestGateway gateway = TestGateway.start("gapless.gateway.access.tokens-file = \"" + tokens + "\"")) {
            List<CompletableFuture<Long>> ended = new ArrayList<>();
            List<JsonSocket> sockets = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                JsonSocket socket = gateway.webSocket();
                socket.await("connected");
                socket.send("{\"type\":\"Auth\",\"token\":\"token-1\"}").await("authenticated");
                socket.await("auth_expires");
                socket.subscribe("t", "\"from\":\"earliest\"");
                sockets.add(socket);
                ended.add(CompletableFuture.supplyAsync(() -> untilClosed(socket), threads));
            }
            long published = 0;
            while (!ended.stream().allMatch(CompletableFuture::isDone)) {
                HttpResponse<String> answer = gateway.post(
                        TestGateway.path("t", "messages"),
                        "application/x-ndjson",
                        "{\"data\":1}\n".repeat(100),
                        "Authorization",
                        "Bearer token-0");
                assertEquals(200, answer.statusCode(), answer::body);
                published += 100;
            }
            long all = published;
            ended.forEach(one -> assertTrue(TestGateway.get(one) <= all));
            sockets.forEach(socket -> assertEquals(4401, socket.status()));
            long lateMs = Duration.between(expires, Instant.now()).toMillis();
            System.out.println(CLIENTS + " clients were closed " + lateMs + " ms after their token had expired, at "
                    + published + " messages");
        } finally {
            threads.shutdownNow();
        }
    }

    /** Takes what comes, each number once; how far it got. */
    private static long untilClosed(JsonSocket socket) {
        long last = 0;
        while (true) {
            JsonNode message = socket.next();
            if (message.path("type").asText().equals("closing")) {
                assertTrue(message.path("tokens").has("t"), message::toString);
                return last;
            }
            assertEquals("event", message.path("type").asText(), message::toString);
            assertEquals(last + 1, message.path("seq").asLong(), message::toString);
            last++;
        }
    }
}
