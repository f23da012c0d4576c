package dev.gapless.internal.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.MessageTooLarge;
import dev.gapless.Payload;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Content;
import dev.gapless.internal.wire.TypedMessages.Pressed;
import dev.gapless.internal.wire.TypedMessages.Zipped;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.jackson.JacksonSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A message that Pekko compresses is as large as it is for those who read it. */
class CompressionTest {
    private static final String TEXT = "all work and no play ".repeat(10_000);
    private static final TopicSettings SETTINGS = TopicSettings.DEFAULTS.with(draft -> {
        draft.batchBytes = 1 << 20;
        draft.maxMessageBytes = 1 << 20;
    });

    private static ActorSystem system;

    private final Codec codec = Codec.of(system);

    @BeforeAll
    static void start() {
        system = TypedMessages.system();
    }

    @AfterAll
    static void stop() {
        system.terminate();
    }

    static Stream<Object> compressed() {
        return Stream.of(new Zipped(TEXT), new Pressed(TEXT));
    }

    private Content encode(Object message, TopicSettings settings) {
        return codec.encode("t", message, null, Map.of(), null, settings);
    }

    private static JacksonSerializer serializer(Content content) {
        return (JacksonSerializer) SerializationExtension.get(system)
                .serializerByIdentity()
                .apply(content.format().serializerId());
    }

    @ParameterizedTest
    @MethodSource("compressed")
    void maxMessageBytesBoundsWhatIsDecompressed(Object message) {
        Content content = encode(message, SETTINGS);
        assertTrue(content.bytes().length < 10_000, "not compressed, so this tests nothing");
        long plain = Compression.plainLength(content.bytes(), 0, content.bytes().length);
        assertEquals(serializer(content).decompress(content.bytes()).length, plain);
        long size = content.sizeBytes() - content.bytes().length + plain;
        assertEquals(
                content.bytes().length,
                encode(message, SETTINGS.with(draft -> draft.maxMessageBytes = (int) size))
                        .bytes()
                        .length);
        TopicSettings tooSmall = SETTINGS.with(draft -> draft.maxMessageBytes = (int) size - 1);
        MessageTooLarge refused = assertThrows(MessageTooLarge.class, () -> encode(message, tooSmall));
        assertTrue(refused.getMessage().contains(size + " bytes"), refused.getMessage());
        assertTrue(refused.getMessage().contains("gapless.max-message-bytes"), refused.getMessage());
        Payload passedOn =
                new Payload(content.format().serializerId(), content.format().manifest(), content.bytes());
        assertThrows(MessageTooLarge.class, () -> encode(passedOn, tooSmall));
    }

    @ParameterizedTest
    @MethodSource("compressed")
    void noMoreIsDecompressedThanIsWantedWhateverItSaysOfItsLength(Object message) throws IOException {
        Content content = encode(message, SETTINGS);
        byte[] bytes = content.bytes();
        byte[] plain = serializer(content).decompress(bytes);
        assertArrayEquals(plain, Compression.plain(serializer(content), bytes, plain.length));
        assertThrows(IOException.class, () -> Compression.plain(serializer(content), bytes, plain.length - 1));
    }

    @Test
    void aLengthThatIsNotTrueLetsNoMoreThrough() {
        Content content = encode(new Zipped(TEXT), SETTINGS);
        byte[] bytes = content.bytes().clone();
        boolean isGzip = (bytes[0] & 0xff) == 0x1f;
        Content gzip = isGzip ? content : encode(new Pressed(TEXT), SETTINGS);
        byte[] lying = gzip.bytes().clone();
        java.util.Arrays.fill(lying, lying.length - 4, lying.length, (byte) 0);
        assertEquals(0, Compression.plainLength(lying, 0, lying.length));
        assertThrows(IOException.class, () -> Compression.plain(serializer(gzip), lying, 1_000));
    }

    @Test
    void whatIsNotCompressedIsAsLongAsItIs() {
        byte[] json = "{\"a\":1}".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        assertFalse(Compression.isCompressed(json, 0, json.length));
        assertEquals(json.length, Compression.plainLength(json, 0, json.length));
    }
}
