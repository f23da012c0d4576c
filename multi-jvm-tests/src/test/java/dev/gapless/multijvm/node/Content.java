package dev.gapless.multijvm.node;

import java.nio.ByteBuffer;

/**
 * What a test message says: enough to tell whether it is the right one in its place.
 *
 * @param incarnation a random number of the publishing process
 * @param thread 0 if one thread alone publishes to the topic, so that the index is the sequence; else from 1
 * @param index counts that thread's messages, from 1
 */
record Content(long incarnation, int thread, long index) {
    static final int BYTES = Long.BYTES + Integer.BYTES + Long.BYTES;

    /** As an array of at least {@link #BYTES}. */
    byte[] toBytes(int size) {
        byte[] bytes = new byte[Math.max(size, BYTES)];
        ByteBuffer.wrap(bytes).putLong(incarnation).putInt(thread).putLong(index);
        return bytes;
    }

    TestMessage toMessage(int size) {
        return new TestMessage(incarnation, thread, index, "x".repeat(size));
    }

    static Content of(Object message) {
        if (message instanceof byte[] bytes) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            return new Content(buffer.getLong(), buffer.getInt(), buffer.getLong());
        } else if (message instanceof TestMessage m) {
            return new Content(m.incarnation(), m.thread(), m.index());
        }
        throw new IllegalArgumentException("No test message: " + message);
    }

    /** A number for this content at this sequence; sums of it do not depend on an order, and tell streams apart. */
    long digest(long sequence) {
        return digest(sequence, thread, index);
    }

    static long digest(long sequence, int thread, long index) {
        long mixed = sequence * 0x9E3779B97F4A7C15L + thread * 0xC2B2AE3D27D4EB4FL + index * 0x165667B19E3779F9L;
        mixed ^= mixed >>> 31;
        mixed *= 0xBF58476D1CE4E5B9L;
        return mixed ^ (mixed >>> 29);
    }
}
