package dev.gapless.core;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.CRC32C;

/** The text of a token: bytes with a version in front and a checksum behind, in characters that need no quotes. */
final class TokenText {
    private static final int CHECKSUM_BYTES = 4;

    private TokenText() {}

    /** The bytes between version and checksum, behind the version. Throws IllegalArgumentException that says what is wrong. */
    static ByteBuffer open(String text, byte latestVersion) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "This is no cursor token, it has characters that none has: " + shortened(text), e);
        }
        if (bytes.length < 1 + CHECKSUM_BYTES) {
            throw new IllegalArgumentException("This is no cursor token, it is too short: " + shortened(text));
        }
        if (bytes[0] < 1 || bytes[0] > latestVersion) {
            throw new IllegalArgumentException(
                    "The cursor token has version " + bytes[0] + ", this program reads version " + latestVersion);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int length = bytes.length - CHECKSUM_BYTES;
        if (buffer.getInt(length) != checksum(bytes, length)) {
            throw new IllegalArgumentException(
                    "The cursor token is damaged, its checksum does not match: " + shortened(text));
        }
        return buffer.position(1).limit(length);
    }

    /** The text of what is in the buffer so far. */
    static String close(ByteBuffer buffer) {
        int length = buffer.position();
        byte[] bytes = new byte[length + CHECKSUM_BYTES];
        buffer.flip().get(bytes, 0, length);
        ByteBuffer.wrap(bytes).putInt(length, checksum(bytes, length));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    static int sizeOf(String text) {
        return Short.BYTES + text.getBytes(StandardCharsets.UTF_8).length;
    }

    static void writeText(ByteBuffer buffer, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        buffer.putShort((short) bytes.length).put(bytes);
    }

    static String readText(ByteBuffer buffer) {
        int length = buffer.getShort() & 0xffff;
        if (length > buffer.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }
}
