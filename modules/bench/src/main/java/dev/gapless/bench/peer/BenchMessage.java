package dev.gapless.bench.peer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** A message: its number, when it was to be sent if there is room for that, filler, and a mark that belongs to the number. */
public final class BenchMessage {
    /** Of an ordinary message. */
    public static final int BYTES = 100;

    /** A message has room for its number and its mark. */
    public static final int FEWEST_BYTES = 2 * Long.BYTES;

    private static final int INTENDED_AT = Long.BYTES;
    private static final int TIMED_BYTES = 3 * Long.BYTES;
    private static final long MARK = 0x9E3779B97F4A7C15L;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private BenchMessage() {}

    /**
     * A new message.
     *
     * @param length in bytes
     * @param number from 1 on
     * @param intendedNs when it was to be sent, as of System.nanoTime(); 0 if at no certain time
     */
    public static byte[] of(int length, long number, long intendedNs) {
        byte[] message = new byte[length];
        LONG.set(message, 0, number);
        if (length >= TIMED_BYTES) {
            LONG.set(message, INTENDED_AT, intendedNs);
        }
        LONG.set(message, length - Long.BYTES, number * MARK);
        return message;
    }

    /** The number of the message that begins at this offset. */
    public static long numberAt(byte[] bytes, int offset) {
        return (long) LONG.get(bytes, offset);
    }

    /** When the message of this length that begins at this offset was to be sent; 0 if it does not say. */
    public static long intendedNsAt(byte[] bytes, int offset, int length) {
        return length < TIMED_BYTES ? 0 : (long) LONG.get(bytes, offset + INTENDED_AT);
    }

    /** Is a whole message of this length at this offset, as it was made? */
    public static boolean isWhole(byte[] bytes, int offset, int length) {
        return length >= FEWEST_BYTES
                && offset + length <= bytes.length
                && (long) LONG.get(bytes, offset + length - Long.BYTES) == numberAt(bytes, offset) * MARK;
    }
}
