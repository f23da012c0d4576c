package dev.gapless.gateway.internal.json;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A frame in the making, in a buffer that is used again. For one thread at a time. */
public final class Bytes extends OutputStream {
    private static final int AT_FIRST = 1 << 10;

    private byte[] data = new byte[AT_FIRST];
    private int size;

    @Override
    public void write(int b) {
        room(1);
        data[size++] = (byte) b;
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
        room(length);
        System.arraycopy(bytes, from, data, size, length);
        size += length;
    }

    @Override
    public void write(byte[] bytes) {
        write(bytes, 0, bytes.length);
    }

    /** Adds a text. */
    public Bytes text(String text) {
        write(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** Adds a number, which is not negative, in decimal. */
    void number(long number) {
        int digits = 1;
        for (long rest = number / 10; rest > 0; rest /= 10) {
            digits++;
        }
        room(digits);
        long rest = number;
        for (int at = size + digits - 1; at >= size; at--) {
            data[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        size += digits;
    }

    /** Makes room for so many bytes that are written otherwise, and counts them. */
    public void skip(int more) {
        room(more);
        size += more;
    }

    /** How many bytes there are. */
    public int size() {
        return size;
    }

    /** Takes back all bytes from there on. */
    public void truncate(int to) {
        size = Math.min(size, to);
    }

    /** The bytes from there on; valid until more is written or taken back. */
    public ByteBuffer from(int start) {
        return ByteBuffer.wrap(data, start, size - start).slice();
    }

    /** A copy of all of them. */
    byte[] toBytes() {
        return Arrays.copyOf(data, size);
    }

    private void room(int more) {
        if (data.length - size < more) {
            data = Arrays.copyOf(data, Math.max(Math.addExact(size, more), Math.min(data.length, 1 << 29) * 2));
        }
    }

    @Override
    public String toString() {
        return new String(data, 0, size, StandardCharsets.UTF_8);
    }
}
