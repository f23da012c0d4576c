package dev.gapless.core.log;

import dev.gapless.core.Limits;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One message as it is stored and sent: what the application gave, serialized. The bytes may be a part of a larger array
 * (a whole batch is cut from one); nobody writes to it after construction.
 *
 * <p>No record: what it costs is asked for often, and counted once.
 */
public final class Content {
    /** The lengths of a header's name and of its value, on the wire. */
    private static final int HEADER_OVERHEAD_BYTES = 4;

    private final @Nullable String key;
    private final boolean tombstone;
    private final Map<String, String> headers;
    private final int serializerId;
    private final String manifest;
    private final byte[] bytes;
    private final int offset;
    private final int length;
    private final long sizeBytes;

    /**
     * A message.
     *
     * @param key what the message is about, or null
     * @param tombstone true if it says that its key was deleted
     * @param headers the application's own, possibly empty. Kept as it is: it must not change
     * @param serializerId Pekko's number of the serializer
     * @param manifest what that serializer needs beside the bytes
     * @param bytes an array that holds the message
     * @param offset where in it the message begins
     * @param length how many bytes it has
     */
    public Content(
            @Nullable String key,
            boolean tombstone,
            Map<String, String> headers,
            int serializerId,
            String manifest,
            byte[] bytes,
            int offset,
            int length) {
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
        this.key = key;
        this.tombstone = tombstone;
        this.headers = headers;
        this.serializerId = serializerId;
        this.manifest = manifest;
        this.bytes = bytes;
        this.offset = offset;
        this.length = length;
        this.sizeBytes = (long) length + utf8Bytes(manifest) + (key == null ? 0 : utf8Bytes(key)) + utf8Bytes(headers);
    }

    /** A message without key and headers. */
    public static Content of(int serializerId, String manifest, byte[] bytes) {
        return new Content(null, false, Map.of(), serializerId, manifest, bytes, 0, bytes.length);
    }

    public @Nullable String key() {
        return key;
    }

    public boolean tombstone() {
        return tombstone;
    }

    public Map<String, String> headers() {
        return headers;
    }

    public int serializerId() {
        return serializerId;
    }

    public String manifest() {
        return manifest;
    }

    public byte[] bytes() {
        return bytes;
    }

    public int offset() {
        return offset;
    }

    public int length() {
        return length;
    }

    /**
     * What the message costs in memory and on the wire, without {@link Frame#OVERHEAD_BYTES}: no less than it takes in a batch,
     * where the length of each text stands in front of it.
     */
    public long sizeBytes() {
        return sizeBytes;
    }

    private static long utf8Bytes(Map<String, String> headers) {
        long bytes = 0;
        if (!headers.isEmpty()) {
            for (Map.Entry<String, String> header : headers.entrySet()) {
                bytes += utf8Bytes(header.getKey()) + utf8Bytes(header.getValue()) + HEADER_OVERHEAD_BYTES;
            }
        }
        return bytes;
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
