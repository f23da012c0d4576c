package dev.gapless.internal.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Reads and writes the wire's few kinds of values in a buffer, the highest byte first whatever the buffer's own order is. Whatever is read
 * is checked before anything is allocated.
 */
final class WireBuffer {
    private static final int MAX_VARINT_BYTES = 10;
    /** So small a part of an array is something else if what was read stays there. */
    private static final int OTHER_PART = 8;

    private final ByteBuffer buffer;
    /** May parts of what is read stay in the buffer's array? */
    private final boolean keepsArray;

    WireBuffer(ByteBuffer buffer) {
        this.buffer = buffer;
        this.keepsArray = buffer.hasArray() && isMostOfTheArray(buffer);
    }

    private static boolean isMostOfTheArray(ByteBuffer buffer) {
        int all = buffer.arrayOffset() + buffer.capacity();
        return buffer.remaining() >= all - all / OTHER_PART;
    }

    private boolean highestFirst() {
        return buffer.order() == ByteOrder.BIG_ENDIAN; // the transport's are not
    }

    void writeByte(int value) {
        buffer.put((byte) value);
    }

    int readByte() {
        return buffer.get() & 0xff;
    }

    /** Eight bytes, for what is random. */
    void writeFixed(long value) {
        buffer.putLong(highestFirst() ? value : Long.reverseBytes(value));
    }

    long readFixed() {
        long value = buffer.getLong();
        return highestFirst() ? value : Long.reverseBytes(value);
    }

    /** One to ten bytes, the fewer the smaller; not negative. */
    void writeNumber(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            buffer.put((byte) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        buffer.put((byte) rest);
    }

    long readNumber() {
        long value = 0;
        for (int i = 0; i < MAX_VARINT_BYTES; i++) {
            byte b = buffer.get();
            value |= (long) (b & 0x7f) << (7 * i);
            if (b >= 0) {
                if (value < 0) {
                    throw new IllegalArgumentException("A number that is negative: " + value);
                }
                return value;
            }
        }
        throw new IllegalArgumentException("A number of more than " + MAX_VARINT_BYTES + " bytes");
    }

    /** A number that is no larger than {@code max}, which bounds what will be allocated for it. */
    int readCount(String what, int max) {
        long count = readNumber();
        if (count > max) {
            throw new IllegalArgumentException("There are at most " + max + " " + what + ", not " + count);
        }
        return (int) count;
    }

    void writeInt(int value) {
        buffer.putInt(highestFirst() ? value : Integer.reverseBytes(value));
    }

    int readInt() {
        int value = buffer.getInt();
        return highestFirst() ? value : Integer.reverseBytes(value);
    }

    void writeText(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        writeNumber(bytes.length);
        buffer.put(bytes);
    }

    /** A text of at most {@code maxChars} characters. */
    String readText(String what, int maxChars) {
        byte[] bytes = readBytes(what, maxChars * 3);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    void writeBytes(byte[] bytes, int offset, int length) {
        buffer.put(bytes, offset, length);
    }

    /** As many bytes as are announced, which must be there. */
    byte[] readBytes(String what, int max) {
        return copy(readCount("bytes of " + what, Math.min(max, buffer.remaining())));
    }

    private byte[] copy(int length) {
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        return bytes;
    }

    /** Takes what is in an array from one place to in front of another. */
    interface Part<R> {
        R of(byte[] data, int from, int to);
    }

    /**
     * As many bytes as are announced, for whoever keeps them. They stay where they are if that is an array that holds little else: Artery
     * makes one for each frame that comes over TCP, and gives it to nobody else; buffers that it uses again are direct ({@code TcpFraming},
     * {@code EnvelopeBufferPool}).
     */
    <R> R readPart(String what, Part<R> part) {
        int length = readCount(what, buffer.remaining());
        if (!keepsArray) {
            return part.of(copy(length), 0, length);
        }
        int from = buffer.arrayOffset() + buffer.position();
        buffer.position(buffer.position() + length);
        return part.of(buffer.array(), from, from + length);
    }

    /** What a later version adds in the middle of a message. */
    void skipExtension() {
        int length = readCount("bytes of extension", buffer.remaining());
        buffer.position(buffer.position() + length);
    }

    int remaining() {
        return buffer.remaining();
    }
}
