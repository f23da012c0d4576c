package dev.gapless.gateway.internal.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.ConfigFactory;
import dev.gapless.Payload;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializer;
import org.apache.pekko.serialization.Serializers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PayloadJsonTest {
    private static ActorSystem system;
    private static Serialization serialization;

    /** Of the application. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Quote(String symbol, double price, byte[] raw, List<String> tags) {}

    @BeforeAll
    static void start() {
        system = ActorSystem.create("payload", ConfigFactory.parseString("""
                                pekko.library-extensions = []
                                pekko.actor.serialization-bindings {
                                  "com.fasterxml.jackson.databind.JsonNode" = jackson-json
                                  "dev.gapless.gateway.internal.json.PayloadJsonTest$Quote" = jackson-cbor
                                }
                                """).withFallback(ConfigFactory.load()));
        serialization = SerializationExtension.get(system);
    }

    @AfterAll
    static void stop() {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }

    private static Payload payload(Object message) {
        Serializer serializer = serialization.findSerializerFor(message);
        return new Payload(
                serializer.identifier(), Serializers.manifestFor(serializer, message), serializer.toBinary(message));
    }

    private static String shown(Payload payload) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = PayloadJson.JSON.getFactory().createGenerator(text)) {
            new PayloadJson(system).write(payload, out);
        }
        return text.toString();
    }

    private static JsonNode json(String text) throws IOException {
        return PayloadJson.JSON.readTree(text);
    }

    @Test
    void showsJsonAsItWas() throws IOException {
        String text = "{\"a\":1.10,\"b\":[true,null,\"ü\\n\"],\"c\":12345678901234567890123}";
        assertEquals(text, shown(payload(json(text))));
    }

    @Test
    void showsTextAsText() throws IOException {
        assertEquals("\"Gr\\\"üße\"", shown(payload("Gr\"üße")));
    }

    @Test
    void showsCborAsJsonWithoutKnowingTheClass() throws IOException {
        Payload payload = payload(new Quote("EURUSD", 1.0834, new byte[] {1, 2}, List.of("x")));
        Payload ofAnUnknownClass = new Payload(payload.serializerId(), "com.example.NoSuchClass", payload.bytes());
        assertEquals(
                "{\"symbol\":\"EURUSD\",\"price\":1.0834,\"raw\":\"AQI=\",\"tags\":[\"x\"]}", shown(ofAnUnknownClass));
    }

    @Test
    void showsLargeJsonThatPekkoCompresses() throws IOException {
        String text = "{\"a\":\"" + "0123456789".repeat(10_000) + "\"}";
        Payload payload = payload(json(text));
        assertTrue(payload.bytes().length < 10_000, "not compressed, so this tests nothing");
        assertEquals(text, shown(payload));
    }

    @Test
    void showsAnythingElseAsBase64() throws IOException {
        assertEquals("{\"base64\":\"AQI=\"}", shown(payload(new byte[] {1, 2})));
        assertEquals("{\"base64\":\"AQI=\"}", shown(new Payload(987_654, "", new byte[] {1, 2})));
    }

    @Test
    void showsDamagedJsonAsBase64() throws IOException {
        int json = payload(json("{}")).serializerId();
        assertEquals("{\"base64\":\"ewA=\"}", shown(new Payload(json, "", new byte[] {'{', 0})));
    }

    @Test
    void whatDecompressesToMoreThanIsShownIsNotDecompressed() throws IOException {
        String text = "{\"a\":\"" + "0".repeat(100_000) + "\"}";
        Payload payload = payload(json(text));
        assertTrue(payload.bytes().length < 10_000, "not compressed, so this tests nothing");
        assertEquals(text, new PayloadJson(system, text.length()).shown(payload).toString());
        PayloadJson tooSmall = new PayloadJson(system, text.length() - 1);
        assertThrows(UncheckedIOException.class, () -> tooSmall.shown(payload));
    }
}
