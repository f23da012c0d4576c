package dev.gapless.internal.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.MessageTooLarge;
import dev.gapless.Payload;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Slice;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CodecTest {
    private final Codec codec = new Codec(() -> {
        throw new AssertionError("a payload needs no serializer");
    });

    private Content encode(int bytes, TopicSettings settings) {
        return codec.encode("t", new Payload(1, "", new byte[bytes]), null, Map.of(), null, settings);
    }

    @Test
    void aMessageMayHaveAsManyBytesAsTheSettingSaysAndNoMore() {
        TopicSettings settings = TopicSettings.DEFAULTS.with(draft -> draft.maxMessageBytes = 1_000);
        assertEquals(1_000, encode(1_000, settings).bytes().length);
        MessageTooLarge refused = assertThrows(MessageTooLarge.class, () -> encode(1_001, settings));
        assertTrue(refused.getMessage().contains("1001 bytes, more than gapless.max-message-bytes allows: 1000"));
    }

    @Test
    void aMessageMayFillTheRingAloneAndNoMore() {
        TopicSettings settings = TopicSettings.DEFAULTS.with(draft -> draft.bufferBytes = 1_000 + Slice.OVERHEAD_BYTES);
        assertEquals(1_000, encode(1_000, settings).bytes().length);
        MessageTooLarge refused = assertThrows(MessageTooLarge.class, () -> encode(1_001, settings));
        assertTrue(refused.getMessage().contains("gapless.buffer-bytes"), refused.getMessage());
    }
}
