package dev.gapless.gateway.internal.json;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonGenerator;
import com.typesafe.config.ConfigFactory;
import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.Event;
import dev.gapless.Payload;
import dev.gapless.ProducerLeft;
import dev.gapless.Undecodable;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.serialization.SerializationExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The outward contract, word for word. */
class EventJsonTest {
    private static final Epoch EPOCH = new Epoch(0xabcdL);
    private static final Epoch NEXT_EPOCH = new Epoch(-1);
    private static final Instant TIME = Instant.parse("2026-01-31T12:00:00.123456Z");
    private static final CursorToken TOKEN =
            new CursorToken("quotes", "gapless", 1, Map.of("n1", new Position(EPOCH, 42)));

    private static ActorSystem system;

    @BeforeAll
    static void start() {
        system = ActorSystem.create(
                "events",
                ConfigFactory.parseString("pekko.library-extensions = []").withFallback(ConfigFactory.load()));
    }

    @AfterAll
    static void stop() {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }

    private static String json(Event<Payload> event) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = PayloadJson.JSON.getFactory().createGenerator(text)) {
            new EventJson(new PayloadJson(system), token -> token).write(event, out);
        }
        return text.toString();
    }

    private static Payload text(String text) throws NotSerializableException {
        var serializer = SerializationExtension.get(system).serializerFor(String.class);
        return new Payload(serializer.identifier(), "", serializer.toBinary(text));
    }

    @Test
    void event() throws IOException {
        assertEquals(
                "{\"type\":\"event\",\"topic\":\"quotes\",\"node\":\"n1\",\"epoch\":\"000000000000abcd\",\"seq\":42,"
                        + "\"time\":\"2026-01-31T12:00:00.123Z\",\"key\":\"EURUSD\",\"data\":\"hello\"}",
                json(new Delivery<>(
                        "quotes",
                        "n1",
                        new Position(EPOCH, 42),
                        TIME,
                        "EURUSD",
                        Map.of(),
                        text("hello"),
                        () -> TOKEN)));
    }

    @Test
    void tombstone() throws IOException {
        assertEquals(
                "{\"type\":\"event\",\"topic\":\"quotes\",\"node\":\"n1\",\"epoch\":\"000000000000abcd\",\"seq\":42,"
                        + "\"time\":\"2026-01-31T12:00:00.123Z\",\"key\":\"EURUSD\",\"deleted\":true}",
                json(new Delivery<>(
                        "quotes", "n1", new Position(EPOCH, 42), TIME, "EURUSD", Map.of(), null, () -> TOKEN)));
    }

    @Test
    void cursorExpired() throws IOException {
        Gap overrun = new Gap("n1", Reason.OVERRUN, EPOCH, 43L, 957L, new Position(EPOCH, 1000));
        Gap restart = new Gap("n2", Reason.PRODUCER_RESTARTED, EPOCH, 7L, null, new Position(NEXT_EPOCH, 1));
        Gap unknown = new Gap(null, Reason.POSITION_UNKNOWN, null, null, null, null);
        assertEquals(
                "{\"type\":\"cursor_expired\",\"topic\":\"quotes\",\"time\":\"2026-01-31T12:00:00.123Z\",\"gaps\":["
                        + "{\"node\":\"n1\",\"reason\":\"OVERRUN\",\"epoch\":\"000000000000abcd\",\"first_missing\":43,"
                        + "\"missed\":957,\"resumes_epoch\":\"000000000000abcd\",\"resumes_at\":1000},"
                        + "{\"node\":\"n2\",\"reason\":\"PRODUCER_RESTARTED\",\"epoch\":\"000000000000abcd\","
                        + "\"first_missing\":7,\"missed\":null,\"resumes_epoch\":\"ffffffffffffffff\",\"resumes_at\":1},"
                        + "{\"node\":null,\"reason\":\"POSITION_UNKNOWN\",\"epoch\":null,\"first_missing\":null,"
                        + "\"missed\":null,\"resumes_epoch\":null,\"resumes_at\":null}],\"token\":\"" + TOKEN + "\"}",
                json(new CursorExpired<>("quotes", TIME, List.of(overrun, restart, unknown), TOKEN)));
    }

    @Test
    void producerLeft() throws IOException {
        assertEquals(
                "{\"type\":\"producer_left\",\"topic\":\"quotes\",\"node\":\"n1\",\"epoch\":\"000000000000abcd\","
                        + "\"seq\":42,\"clean\":true}",
                json(new ProducerLeft<>("quotes", "n1", new Position(EPOCH, 42), TOKEN)));
    }

    @Test
    void undecodable() throws IOException {
        assertEquals(
                "{\"type\":\"undecodable\",\"topic\":\"quotes\",\"node\":\"n1\",\"epoch\":\"000000000000abcd\","
                        + "\"seq\":42,\"message\":\"no such class\"}",
                json(new Undecodable<>(
                        "quotes",
                        "n1",
                        new Position(EPOCH, 42),
                        TIME,
                        null,
                        text("x"),
                        new IllegalStateException("no such class"),
                        () -> TOKEN)));
    }

    @Test
    void ended() throws IOException {
        assertEquals(
                "{\"type\":\"ended\",\"topic\":\"quotes\",\"reason\":\"CANCELLED\",\"token\":\"" + TOKEN + "\"}",
                json(new Ended<>("quotes", Ended.Reason.CANCELLED, null, TOKEN)));
    }
}
