package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.ConfigFactory;
import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.Lag;
import dev.gapless.MessageHandler;
import dev.gapless.Payload;
import dev.gapless.Ready;
import dev.gapless.Reload;
import dev.gapless.Subscription;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.gateway.internal.json.EventJson;
import dev.gapless.gateway.internal.json.PayloadJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.ActorSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EventPrinterTest {
    private static final Epoch EPOCH = new Epoch(1);
    private static ActorSystem system;

    @TempDir
    private Path directory;

    private Path file;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final FakeSubscription subscription = new FakeSubscription();

    @BeforeAll
    static void start() {
        system = ActorSystem.create(
                "printer",
                ConfigFactory.parseString("pekko.library-extensions = []").withFallback(ConfigFactory.load()));
    }

    @AfterAll
    static void stop() {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }

    @BeforeEach
    void name() {
        file = directory.resolve("token");
    }

    private EventPrinter printer(long count, OutputStream to) {
        EventPrinter printer = new EventPrinter(
                count, new EventJson(new PayloadJson(system), token -> token), to, new TokenFile(file), token -> token);
        subscription.handler = printer.handler();
        return printer;
    }

    private static CursorToken token(long sequence) {
        return new CursorToken("t", "gapless", 1, Map.of("n1", new Position(EPOCH, sequence)));
    }

    private static Delivery<Payload> message(long sequence) {
        return new Delivery<>(
                "t",
                "n1",
                new Position(EPOCH, sequence),
                Instant.EPOCH,
                null,
                Map.of(),
                new Payload(-1, "", new byte[0]),
                () -> token(sequence));
    }

    private List<String> printed() throws IOException {
        List<String> types = new ArrayList<>();
        for (String line : out.toString(StandardCharsets.UTF_8).lines().toList()) {
            JsonNode json = PayloadJson.JSON.readTree(line);
            types.add(json.get("type").textValue() + json.path("seq").asText());
        }
        return types;
    }

    @Test
    void printsEventsInOrderAndEndsWithTheSubscription() throws Exception {
        EventPrinter printer = printer(Long.MAX_VALUE, out);
        subscription.handler.onMessage(message(1));
        subscription.handler.onMessage(message(2));
        subscription.handler.onEnded(new Ended<>("t", Ended.Reason.FAILED, null, token(2)));
        assertEquals(Ended.Reason.FAILED, printer.run(subscription, end));
        assertEquals(List.of("event1", "event2", "ended"), printed());
        assertEquals(token(2), new TokenFile(file).read());
    }

    @Test
    void endsWhenItIsAskedTo() throws Exception {
        EventPrinter printer = printer(Long.MAX_VALUE, out);
        subscription.handler.onMessage(message(1));
        end.complete(null);
        assertEquals(Ended.Reason.CANCELLED, printer.run(subscription, end));
        assertEquals(List.of("event1", "ended"), printed());
    }

    @Test
    void theTokenOfACountIsBehindTheLastMessagePrinted() throws Exception {
        EventPrinter printer = printer(2, out);
        for (int i = 1; i <= 5; i++) {
            subscription.handler.onMessage(message(i));
        }
        assertEquals(Ended.Reason.CANCELLED, printer.run(subscription, end));
        assertEquals(List.of("event1", "event2", "ended"), printed());
        assertEquals(token(2), new TokenFile(file).read());
        assertTrue(out.toString(StandardCharsets.UTF_8).contains("\"token\":\"" + token(2) + "\""));
    }

    @Test
    void anExpiryIsPassedOnlyOnceItIsPrinted() throws Exception {
        EventPrinter printer = printer(1, out);
        Gap gap = new Gap("n1", Reason.OVERRUN, EPOCH, 1L, 9L, new Position(EPOCH, 10));
        CompletableFuture<Reload> reload = subscription
                .handler
                .onCursorExpired(new CursorExpired<>("t", Instant.EPOCH, List.of(gap), token(0)))
                .toCompletableFuture();
        assertFalse(reload.isDone());
        subscription.handler.onMessage(message(10));
        printer.run(subscription, end);
        assertTrue(reload.isDone());
        assertEquals(List.of("cursor_expired", "event10", "ended"), printed());
    }

    @Test
    void aQuietSubscriptionsTokenIsKeptBeyondAnExpiry() throws Exception {
        EventPrinter printer = printer(Long.MAX_VALUE, out);
        subscription.token = token(9);
        var running = CompletableFuture.supplyAsync(() -> printer.run(subscription, end));
        Await.within(Duration.ofMinutes(1), () -> "no token", () -> new TokenFile(file).read() != null);
        assertEquals(token(9), new TokenFile(file).read());
        end.complete(null);
        assertEquals(Ended.Reason.CANCELLED, running.join());
    }

    @Test
    void aBrokenOutputFailsAndKeepsTheOldToken() throws Exception {
        EventPrinter printer = printer(1, new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        });
        subscription.handler.onMessage(message(1));
        Failure failure = assertThrows(Failure.class, () -> printer.run(subscription, end));
        assertEquals("cannot write to standard output: Broken pipe", failure.getMessage());
        assertTrue(subscription.ended.isDone());
        assertEquals(null, new TokenFile(file).read());
    }

    private static final class FakeSubscription implements Subscription {
        private final CompletableFuture<Ended.Reason> ended = new CompletableFuture<>();
        private volatile CursorToken token = EventPrinterTest.token(0);
        private MessageHandler<Payload> handler;

        @Override
        public String topic() {
            return "t";
        }

        @Override
        public CompletionStage<Ready> ready() {
            return CompletableFuture.completedFuture(new Ready(Set.of()));
        }

        @Override
        public CursorToken token() {
            return token;
        }

        @Override
        public void pause() {
            throw new AssertionError("a printer pauses by not taking");
        }

        @Override
        public void resume() {
            throw new AssertionError("a printer pauses by not taking");
        }

        @Override
        public boolean isPaused() {
            return false;
        }

        @Override
        public Lag lag() {
            return Lag.NONE;
        }

        @Override
        public CompletionStage<Ended.Reason> cancel() {
            if (ended.complete(Ended.Reason.CANCELLED)) {
                handler.onEnded(new Ended<>("t", Ended.Reason.CANCELLED, null, token));
            }
            return ended;
        }

        @Override
        public CompletionStage<Ended.Reason> whenEnded() {
            return ended;
        }
    }
}
