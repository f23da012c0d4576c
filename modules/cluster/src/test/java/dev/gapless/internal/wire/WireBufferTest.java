package dev.gapless.internal.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class WireBufferTest {
    @Test
    void theHighestByteComesFirstWhateverTheOrderOfTheTransportsBuffer() {
        for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
            ByteBuffer buffer = ByteBuffer.allocate(12).order(order);
            WireBuffer written = new WireBuffer(buffer);
            written.writeFixed(0x0102_0304_0506_0708L);
            written.writeInt(0x090a_0b0c);
            for (int i = 0; i < 12; i++) {
                assertEquals(i + 1, buffer.get(i), order.toString());
            }
            WireBuffer read = new WireBuffer(buffer.flip());
            assertEquals(0x0102_0304_0506_0708L, read.readFixed());
            assertEquals(0x090a_0b0c, read.readInt());
        }
    }
}
