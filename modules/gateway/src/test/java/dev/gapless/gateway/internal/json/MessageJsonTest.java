package dev.gapless.gateway.internal.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.ConfigFactory;
import dev.gapless.core.Epoch;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Position;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Format;
import dev.gapless.core.log.Gate;
import dev.gapless.core.log.Log;
import dev.gapless.core.log.Reading;
import dev.gapless.core.log.Slice;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializer;
import org.apache.pekko.serialization.Serializers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is copied says what would have been read and written again; numbers and escapes may be written otherwise. */
class MessageJsonTest {
    private static final Epoch EPOCH = new Epoch(0xabcdL);
    private static final Map<String, String> HEADERS = Map.of("h", "1");
    /** With headers nothing is copied. */
    private static final String WITH_HEADERS = ",\"headers\":{\"h\":\"1\"}";

    private static ActorSystem system;
    private static Format jackson;

    @BeforeAll
    static void start() throws Exception {
        system = ActorSystem.create("messages", ConfigFactory.parseString("""
                                pekko.library-extensions = []
                                pekko.actor.serialization-bindings {
                                  "com.fasterxml.jackson.databind.JsonNode" = jackson-json
                                }
                                """).withFallback(ConfigFactory.load()));
        Serializer serializer = SerializationExtension.get(system).serializerFor(JsonNode.class);
        JsonNode any = PayloadJson.JSON.createObjectNode();
        jackson = new Format(serializer.identifier(), Serializers.manifestFor(serializer, any));
    }

    @AfterAll
    static void stop() {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }

    private static Slice slice(@Nullable String key, Map<String, String> headers, byte[] bytes) {
        Log log = new Log(LogIdentity.fresh(EPOCH, 0), TopicSettings.DEFAULTS, Gate.opened());
        log.tryPublish(new Content(key, false, headers, jackson, bytes), 1_769_860_800_123L);
        return ((Reading.Messages) log.read(1, 1, 1)).slices().get(0);
    }

    private static String shown(@Nullable String key, Map<String, String> headers, byte[] bytes) {
        Bytes to = new Bytes();
        to.text("before");
        MessageJson.Place place = new MessageJson.Place("q\"uotes", "n1", new Position(EPOCH, 1_234_567_890_123L));
        new MessageJson(new PayloadJson(system)).message(place, slice(key, headers, bytes), 0, Long.MAX_VALUE, to);
        return to.toString();
    }

    private static String shown(@Nullable String key, byte[] bytes) {
        String text = shown(key, Map.of(), bytes);
        String otherwise = shown(key, HEADERS, bytes);
        assertTrue(otherwise.contains(WITH_HEADERS), otherwise);
        assertEquals(json(otherwise.replace(WITH_HEADERS, "")), json(text));
        return text;
    }

    private static JsonNode json(String text) {
        try {
            return PayloadJson.read(text.substring("before".length()));
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }

    private static String shown(String data) {
        return shown(null, data.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void writesWhatTheContractSays() {
        assertEquals(
                "before{\"type\":\"event\",\"topic\":\"q\\\"uotes\",\"node\":\"n1\",\"epoch\":\"000000000000abcd\","
                        + "\"seq\":1234567890123,\"time\":\"2026-01-31T12:00:00.123Z\",\"key\":\"E\\\"Ü\\n\",\"data\":{\"a\":[1.10,null]}}",
                shown("E\"Ü\n", "{\"a\":[1.10,null]}".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void everyKindOfValueIsShownAsItWouldBeOtherwise() {
        for (String data : new String[] {
            "{}",
            "[]",
            "1",
            "1.50",
            "123456789012345678901234567890",
            "true",
            "null",
            "\"\"",
            "\"Gr\\\"üße \\n\"",
            "{\"a\":{\"b\":[{\"c\":\"😀\"}]}}"
        }) {
            assertTrue(shown(data).endsWith(",\"data\":" + data + "}"), data);
        }
    }

    @Test
    void whatIsNoJsonIsShownAsBytes() {
        for (String data :
                new String[] {"", "{", "{\"a\":}", "{} {}", "1 2", "x", "\"a", "\uFEFF{}", "{\"a\":\"\t\"}"}) {
            assertTrue(
                    shown(data).contains("\"data\":{\"base64\":") || shown(data).contains("\"data\":{}"), shown(data));
        }
        shown(null, "{}".getBytes(StandardCharsets.UTF_16BE));
        shown(null, new byte[] {'"', (byte) 0xc3, '"'});
        shown(null, new byte[] {'"', (byte) 0xff, '"'});
        for (int[] bytes :
                new int[][] {{0xc0, 0xaf}, {0xed, 0xa0, 0x80}, {0xf4, 0x90, 0x80, 0x80}, {0xf5, 0x80, 0x80, 0x80}}) {
            byte[] text = new byte[bytes.length + 2];
            text[0] = '"';
            text[text.length - 1] = '"';
            for (int i = 0; i < bytes.length; i++) {
                text[i + 1] = (byte) bytes[i];
            }
            shown(null, text); // a WebSocket's text must be Unicode
        }
    }

    @Test
    void whatHasSeveralLinesIsShownInOne() {
        assertTrue(shown("{\n  \"a\": 1\r\n}").endsWith(",\"data\":{\"a\":1}}"));
    }

    private static String shown(MessageJson json, MessageJson.Place place) {
        Bytes to = new Bytes();
        to.text("before");
        json.message(place, slice("k", Map.of(), "1".getBytes(StandardCharsets.UTF_8)), 0, Long.MAX_VALUE, to);
        return to.toString();
    }

    /** What messages begin with is made once for a stretch of them, and each part of it may change. */
    @Test
    void eachMessageNamesItsOwnTopicNodeAndEpoch() {
        MessageJson json = new MessageJson(new PayloadJson(system));
        Position position = new Position(EPOCH, 1);
        for (MessageJson.Place place : List.of(
                new MessageJson.Place("t", "n1", position),
                new MessageJson.Place("t", "n1", new Position(new Epoch(0xbeefL), 1)),
                new MessageJson.Place("t", "n2", new Position(new Epoch(0xbeefL), 1)),
                new MessageJson.Place("u", "n2", new Position(new Epoch(0xbeefL), 2)),
                new MessageJson.Place("t", "n1", position))) {
            JsonNode shown = json(shown(json, place));
            assertEquals(place.topic(), shown.get("topic").textValue());
            assertEquals(place.node(), shown.get("node").textValue());
            assertEquals(place.position().epoch().toString(), shown.get("epoch").textValue());
            assertEquals(place.position().sequence(), shown.get("seq").longValue());
        }
    }
}
