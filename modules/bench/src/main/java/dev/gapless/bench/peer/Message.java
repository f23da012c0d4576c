package dev.gapless.bench.peer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** A message: its number, when it was to be sent, filler, and a mark that belongs to the number. */
public final class Message {
    public static final int BYTES = 100;

    private static final int INTENDED_AT = Long.BYTES;
    private static final int MARK_AT = BYTES - Long.BYTES;
    private static final long MARK = 0x9E3779B97F4A7C15L;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private Message() {}

    /**
     * A new message.
     *
     * @param number from 1 on
     * @param intendedNs when it was to be sent, as of System.nanoTime(); 0 if at no certain time
     */
    public static byte[] of(long number, long intendedNs) {
        byte[] message = new byte[BYTES];
        LONG.set(message, 0, number);
        LONG.set(message, INTENDED_AT, intendedNs);
        LONG.set(message, MARK_AT, number * MARK);
        return message;
    }

    /** The number of the message that begins at this offset. */
    public static long numberAt(byte[] bytes, int offset) {
        return (long) LONG.get(bytes, offset);
    }

    /** When the message that begins at this offset was to be sent. */
    public static long intendedNsAt(byte[] bytes, int offset) {
        return (long) LONG.get(bytes, offset + INTENDED_AT);
    }

    /** Is a whole message at this offset, as it was made? */
    public static boolean isWhole(byte[] bytes, int offset) {
        return offset + BYTES <= bytes.length
                && (long) LONG.get(bytes, offset + MARK_AT) == numberAt(bytes, offset) * MARK;
    }
}
