package dev.gapless.internal.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireBufferTest {

    /** So many bytes that say that another one follows, and one that ends the number. */
    private static WireBuffer number(int following, int last) {
        byte[] bytes = new byte[following + 1];
        Arrays.fill(bytes, (byte) 0x80);
        bytes[following] = (byte) last;
        return new WireBuffer(ByteBuffer.wrap(bytes));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 127, 128, 300, 1L << 62, Long.MAX_VALUE})
    void aNumberIsReadAsItWasWritten(long value) {
        ByteBuffer bytes = ByteBuffer.allocate(10);
        new WireBuffer(bytes).writeNumber(value);
        bytes.flip();
        assertEquals(value, new WireBuffer(bytes).readNumber());
        assertEquals(0, bytes.remaining());
    }

    @Test
    void aNumberThatIsNegativeOrTooLongIsRefused() {
        assertEquals(1L << 56, number(8, 1).readNumber());
        assertThrows(IllegalArgumentException.class, () -> number(9, 1).readNumber()); // its highest bit is the sign
        assertThrows(IllegalArgumentException.class, () -> number(10, 1).readNumber());
    }
}
