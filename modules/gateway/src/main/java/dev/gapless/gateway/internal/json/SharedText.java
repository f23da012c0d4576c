package dev.gapless.gateway.internal.json;

import java.util.concurrent.atomic.AtomicInteger;

/** A text that several frames are made of, and how many of those are under way: it takes its memory once. Thread-safe. */
public final class SharedText {
    /** What is smaller is copied. */
    static final int LEAST = 8 << 10;

    private final byte[] bytes;
    private final AtomicInteger holders = new AtomicInteger();

    /** @param bytes which nobody writes to */
    SharedText(byte[] bytes) {
        this.bytes = bytes;
    }

    byte[] bytes() {
        return bytes;
    }

    /** A frame that refers to it is under way. {@return the bytes that it takes, if it is the first} */
    public int hold() {
        return holders.getAndIncrement() == 0 ? bytes.length : 0;
    }

    /** That frame is not under way any more. {@return the bytes that it took, if it was the last} */
    public int release() {
        return holders.decrementAndGet() == 0 ? bytes.length : 0;
    }
}
