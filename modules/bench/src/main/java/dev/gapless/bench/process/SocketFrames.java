package dev.gapless.bench.process;

import java.nio.charset.StandardCharsets;

/** What is needed of the WebSocket protocol (RFC 6455) by a client that does little but read: frames are looked at where they lie. */
final class SocketFrames {
    static final int TEXT = 1;
    static final int CLOSE = 8;
    static final int PING = 9;
    private static final int PONG = 10;

    private static final int OPCODE = 0x0f;
    private static final int FIN = 0x80;
    private static final int MASKED = 0x80;
    private static final int SHORT = 126;
    private static final int LONG = 127;
    private static final int SHORTEST = 2;

    private final byte[] bytes;
    /** Of the frame that was found last. */
    private int opcode;

    private int from;
    private int to;

    SocketFrames(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Is there a whole frame from there on? Then it is this one. */
    boolean find(int at, int end) {
        if (end - at < SHORTEST) {
            return false;
        }
        int length = bytes[at + 1] & 0xff;
        int head = SHORTEST;
        if (length == SHORT) {
            head += Short.BYTES;
        } else if (length == LONG) {
            head += Long.BYTES;
        }
        if (end - at < head) {
            return false;
        }
        if (head > SHORTEST) {
            length = 0;
            for (int i = SHORTEST; i < head; i++) {
                length = (length << 8) | (bytes[at + i] & 0xff);
            }
        }
        opcode = bytes[at] & OPCODE;
        from = at + head;
        to = from + length;
        return to <= end;
    }

    int opcode() {
        return opcode;
    }

    int from() {
        return from;
    }

    /** Behind its last byte. */
    int to() {
        return to;
    }

    /** Of a frame that closes; 0 if it says none. */
    int status() {
        return to - from < Short.BYTES ? 0 : ((bytes[from] & 0xff) << Byte.SIZE) | (bytes[from + 1] & 0xff);
    }

    /** A frame of a client with a text of less than 64 KiB. The mask is zero, which the protocol allows and no server minds. */
    static byte[] text(String text) {
        return frame(TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    /** The answer to a ping. */
    static byte[] pong() {
        return frame(PONG, new byte[0]);
    }

    private static byte[] frame(int opcode, byte[] payload) {
        boolean isShort = payload.length < SHORT;
        int head = SHORTEST + (isShort ? 0 : Short.BYTES) + Integer.BYTES;
        byte[] frame = new byte[head + payload.length];
        frame[0] = (byte) (FIN | opcode);
        if (isShort) {
            frame[1] = (byte) (MASKED | payload.length);
        } else {
            frame[1] = (byte) (MASKED | SHORT);
            frame[2] = (byte) (payload.length >> 8);
            frame[3] = (byte) payload.length;
        }
        System.arraycopy(payload, 0, frame, head, payload.length);
        return frame;
    }
}
