package dev.gapless.core.log;

import dev.gapless.core.Limits;
import dev.gapless.core.TraceContext;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One message that is to be published: what the application gave, serialized. The log copies it.
 */
public final class Content {
    private static final byte[] NOTHING = {};
    private static final Content INVALIDATION = new Content(null, false, Map.of(), Format.NONE, NOTHING);

    private final @Nullable String key;
    private final boolean tombstone;
    private final Map<String, String> headers;
    private final Format format;
    private final byte[] bytes;
    private final byte[] keyBytes;
    private final byte[] headerBytes;
    private final boolean lent;
    private final @Nullable String id;
    private final @Nullable TraceContext trace;
    /** Of id and trace; nothing if there is neither. */
    private final byte[] extension;

    /**
     * A message.
     *
     * @param key what the message is about, or null
     * @param tombstone true if it says that its key was deleted
     * @param headers the application's own, possibly empty. Kept as it is: it must not change
     * @param format how the bytes are to be read
     * @param bytes the message
     * @param lent whether the bytes are the application's, which may write to them once {@link Log#publish} has returned; else nobody does
     */
    public Content(
            @Nullable String key,
            boolean tombstone,
            Map<String, String> headers,
            Format format,
            byte[] bytes,
            boolean lent) {
        if (key != null && key.length() > Limits.MAX_KEY) {
            throw new IllegalArgumentException(
                    "A key has at most " + Limits.MAX_KEY + " characters, this has " + key.length());
        }
        if (tombstone && key == null) {
            throw new IllegalArgumentException("A tombstone needs a key");
        }
        if (!headers.isEmpty()) {
            check(headers);
        }
        this.key = key;
        this.tombstone = tombstone;
        this.headers = headers;
        this.format = format;
        this.bytes = bytes;
        this.keyBytes = key == null ? NOTHING : key.getBytes(StandardCharsets.UTF_8);
        this.headerBytes = headers.isEmpty() ? NOTHING : FrameLayout.headerBytes(headers);
        this.lent = lent;
        this.id = null;
        this.trace = null;
        this.extension = NOTHING;
    }

    /** The same message with this id, this trace and these bytes. What it was checked for, and how it is encoded, stays. */
    private Content(
            Content of,
            @Nullable String id,
            @Nullable TraceContext trace,
            byte[] extension,
            byte[] bytes,
            boolean lent) {
        this.key = of.key;
        this.tombstone = of.tombstone;
        this.headers = of.headers;
        this.format = of.format;
        this.keyBytes = of.keyBytes;
        this.headerBytes = of.headerBytes;
        this.id = id;
        this.trace = trace;
        this.extension = extension;
        this.bytes = bytes;
        this.lent = lent;
    }

    private static void check(Map<String, String> headers) {
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
    }

    /** A message whose bytes nobody writes to. */
    public Content(@Nullable String key, boolean tombstone, Map<String, String> headers, Format format, byte[] bytes) {
        this(key, tombstone, headers, format, bytes, false);
    }

    /** A message without key and headers. */
    public static Content of(int serializerId, String manifest, byte[] bytes) {
        return new Content(null, false, Map.of(), new Format(serializerId, manifest), bytes);
    }

    /**
     * What no reader is given, and each is told of as missing: a log takes a sequence for it, and drops it at once with everything before
     * (rule P16).
     */
    public static Content invalidation() {
        return INVALIDATION;
    }

    /** Is it {@link #invalidation}? */
    public boolean isInvalidation() {
        return this == INVALIDATION; // there is one
    }

    /** The same message, with bytes that nobody writes to. */
    Content kept() {
        return lent ? new Content(this, id, trace, extension, bytes.clone(), false) : this;
    }

    /** The same message, which its log has once at most while it holds it (rule P17). */
    public Content withId(String its) {
        if (its.isEmpty() || its.length() > Limits.MAX_ID) {
            throw new IllegalArgumentException(
                    "An id has 1 to " + Limits.MAX_ID + " characters, this has " + its.length());
        }
        return new Content(this, its, trace, FrameLayout.extension(its, trace), bytes, lent);
    }

    /** The same message, published in this trace. */
    public Content withTrace(TraceContext its) {
        return new Content(this, id, its, FrameLayout.extension(id == null ? "" : id, its), bytes, lent);
    }

    /** The trace in which it is published; null if it is in none. */
    public @Nullable TraceContext trace() {
        return trace;
    }

    /** By which a publish that comes again is recognised; null if it is not. */
    public @Nullable String id() {
        return id;
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

    public Format format() {
        return format;
    }

    public byte[] bytes() {
        return bytes;
    }

    /** Writes it as a frame. {@return where that ends} */
    int writeTo(byte[] data, int at, long sinceMs, int formatNumber) {
        int flags = (key == null ? 0 : FrameLayout.HAS_KEY)
                | (tombstone ? FrameLayout.TOMBSTONE : 0)
                | (headerBytes.length == 0 ? 0 : FrameLayout.HAS_HEADERS)
                | (extension.length == 0 ? 0 : FrameLayout.HAS_EXTENSION);
        return FrameLayout.write(data, at, sinceMs, flags, formatNumber, keyBytes, headerBytes, extension, bytes);
    }

    /** What it takes in a segment and on the wire, but for {@link FrameLayout#INDEX_BYTES}. */
    int frameBytes() {
        return FrameLayout.HEAD_BYTES + keyBytes.length + headerBytes.length + extension.length + bytes.length;
    }

    /** How much there is of key, headers, id, trace, manifest and bytes: what the message is charged for, without {@link Slice#OVERHEAD_BYTES}. */
    public long sizeBytes() {
        return (long) keyBytes.length + headerBytes.length + extension.length + format.manifestBytes() + bytes.length;
    }

    /** What it takes of what a ring may hold: what it is charged for, and what it takes to find it by its id. */
    long memoryBytes() {
        return sizeBytes() + Slice.OVERHEAD_BYTES + (id == null ? 0 : Ids.size(id));
    }
}
