package dev.gapless.gateway.internal.json;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A frame in the making, in a buffer that is used again. Large texts that other frames have, too, are not copied: it refers to them. For
 * one thread at a time.
 */
public final class Bytes extends OutputStream {
    private static final int AT_FIRST = 1 << 10;

    private byte[] data = new byte[AT_FIRST];
    private int size;
    private final List<Part> parts = new ArrayList<>(0);
    private int shared;

    /** A part of a text that others have, too, in front of the own byte of that number. */
    private record Part(int at, SharedText text, int from, int length) {}

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

    /** Adds a part of a text that others have, too: it is copied only if it is small. */
    void write(SharedText text, int from, int length) {
        if (length < SharedText.LEAST) {
            write(text.bytes(), from, length);
        } else {
            parts.add(new Part(size, text, from, length));
            shared += length;
        }
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
        return size + shared;
    }

    /** How much memory it takes by itself. */
    public int capacity() {
        return data.length;
    }

    /** The texts that it refers to. */
    public List<SharedText> sharedTexts() {
        return parts.stream().map(Part::text).toList();
    }

    /** Takes back all bytes from there on. */
    public void truncate(int to) {
        while (size() > to) {
            Part last = parts.isEmpty() ? null : parts.get(parts.size() - 1);
            int own = last == null ? size : size - last.at();
            if (own > 0) {
                size -= Math.min(own, size() - to);
            } else if (last != null) {
                parts.remove(parts.size() - 1);
                int kept = Math.max(0, last.length() - (size() - to));
                shared -= last.length() - kept;
                if (kept > 0) {
                    parts.add(new Part(last.at(), last.text(), last.from(), kept));
                }
            }
        }
    }

    /** The bytes from there on, one buffer behind the other; valid until more is written or taken back. */
    public List<ByteBuffer> from(int start) {
        if (parts.isEmpty()) {
            return List.of(own(start, size));
        }
        List<ByteBuffer> all = new ArrayList<>(2 * parts.size() + 1);
        int at = Math.min(start, parts.get(0).at()); // what is left out is its own
        for (Part part : parts) {
            add(own(Math.max(at, start), part.at()), all);
            at = part.at();
            all.add(ByteBuffer.wrap(part.text().bytes(), part.from(), part.length())
                    .slice()
                    .asReadOnlyBuffer());
        }
        add(own(at, size), all);
        return all;
    }

    private static void add(ByteBuffer some, List<ByteBuffer> all) {
        if (some.hasRemaining()) {
            all.add(some);
        }
    }

    private ByteBuffer own(int from, int to) {
        return ByteBuffer.wrap(data, from, to - from).slice();
    }

    /** A copy of all of them. */
    byte[] toBytes() {
        if (parts.isEmpty()) {
            return Arrays.copyOf(data, size);
        }
        ByteBuffer all = ByteBuffer.allocate(size());
        from(0).forEach(all::put);
        return all.array();
    }

    private void room(int more) {
        if (data.length - size < more) {
            data = Arrays.copyOf(data, Math.max(Math.addExact(size, more), Math.min(data.length, 1 << 29) * 2));
        }
    }

    @Override
    public String toString() {
        return new String(toBytes(), StandardCharsets.UTF_8);
    }
}
