package dev.gapless.core.log;

import dev.gapless.core.Limits;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One message as it is stored and sent: what the application gave, serialized. The bytes may be a part of a larger array
 * (a whole batch is cut from one); nobody writes to it after construction.
 *
 * @param key what the message is about, or null
 * @param tombstone true if it says that its key was deleted
 * @param headers the application's own, possibly empty
 * @param serializerId Pekko's number of the serializer
 * @param manifest what that serializer needs beside the bytes
 * @param bytes an array that holds the message
 * @param offset where in it the message begins
 * @param length how many bytes it has
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Content(
        @Nullable String key,
        boolean tombstone,
        Map<String, String> headers,
        int serializerId,
        String manifest,
        byte[] bytes,
        int offset,
        int length) {

    public Content {
        if (offset < 0 || length < 0 || offset > bytes.length - length) {
            throw new IllegalArgumentException(offset + " + " + length + " is not within " + bytes.length + " bytes");
        }
        if (key != null && key.length() > Limits.MAX_KEY) {
            throw new IllegalArgumentException(
                    "A key has at most " + Limits.MAX_KEY + " characters, this has " + key.length());
        }
        if (tombstone && key == null) {
            throw new IllegalArgumentException("A tombstone needs a key");
        }
        headers.forEach((name, value) -> {
            if (Math.max(name.length(), value.length()) > Limits.MAX_HEADER) {
                throw new IllegalArgumentException(
                        "A header has at most " + Limits.MAX_HEADER + " characters: " + name);
            }
        });
        if (headers.size() > Limits.MAX_HEADERS) {
            throw new IllegalArgumentException(
                    "A message has at most " + Limits.MAX_HEADERS + " headers, this has " + headers.size());
        }
        if (manifest.length() > Limits.MAX_MANIFEST) {
            throw new IllegalArgumentException(
                    "A manifest has at most " + Limits.MAX_MANIFEST + " characters: " + manifest);
        }
    }

    /** A message without key and headers. */
    public static Content of(int serializerId, String manifest, byte[] bytes) {
        return new Content(null, false, Map.of(), serializerId, manifest, bytes, 0, bytes.length);
    }

    /** What the message costs in memory and on the wire, without {@link Frame#OVERHEAD_BYTES}. */
    public long sizeBytes() {
        long size = (long) length + manifest.length() + (key == null ? 0 : utf8Bytes(key));
        if (!headers.isEmpty()) {
            for (Map.Entry<String, String> header : headers.entrySet()) {
                size += utf8Bytes(header.getKey()) + utf8Bytes(header.getValue());
            }
        }
        return size;
    }

    private static long utf8Bytes(String text) {
        long bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
        }
        return bytes;
    }
}
