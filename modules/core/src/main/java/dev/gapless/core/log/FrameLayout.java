package dev.gapless.core.log;

import dev.gapless.core.Limits;
import dev.gapless.core.TraceContext;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message in the form in which it is kept and sent, within an array of bytes, highest byte first:
 *
 * <pre>
 *   u32 length of all this │ u32 ms since the base │ u8 flags │ u8 format │ u16 bytes of the key
 *   key │ headers: u32 bytes, u16 number, (u16 bytes, name, u16 bytes, value)… │ extension │ content
 *
 *   extension: u32 bytes, u16 bytes, id, [u16 bytes, traceparent, u16 bytes, tracestate, …]
 * </pre>
 *
 * <p>Headers and extension are there if the flags say so. What stands at the end of the extension is a later version's. An index has the offset
 * of each frame at its end, backwards, in 4 bytes: the number of a message leads to its place. In a segment it is at the end of the same array.
 */
final class FrameLayout {
    static final int HEAD_BYTES = 12;
    static final int INDEX_BYTES = 4;
    static final int HAS_KEY = 1;
    static final int TOMBSTONE = 2;
    static final int HAS_HEADERS = 4;
    /** The id, the trace, and whatever a later version adds. */
    static final int HAS_EXTENSION = 8;

    static final int MAX_FORMATS = 255;
    static final long MAX_SINCE_MS = 0xffff_ffffL;

    /** Of what stands in front of headers, beside their texts. */
    static final int HEADERS_BYTES = 6;
    /** Of one header, beside its texts. */
    static final int HEADER_BYTES = 4;

    /** Of what stands in front of the id. */
    static final int ID_BYTES = 6;
    /** Of what a trace takes beside its texts. */
    private static final int TRACE_BYTES = 4;

    private static final int FLAGS = 8;
    private static final int FORMAT = 9;
    private static final int KEY_BYTES = 10;
    private static final int MAX_TEXT_BYTES = 3; // of a character

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

    private FrameLayout() {}

    // ------------------------------------------------------------------ the index

    /** Where the frame of this number begins. */
    static int offset(byte[] index, int number) {
        return (int) INT.get(index, index.length - INDEX_BYTES * (number + 1));
    }

    static void setOffset(byte[] index, int number, int offset) {
        INT.set(index, index.length - INDEX_BYTES * (number + 1), offset);
    }

    // ------------------------------------------------------------------ reading

    static int length(byte[] data, int at) {
        return (int) INT.get(data, at);
    }

    static long sinceMs(byte[] data, int at) {
        return ((int) INT.get(data, at + 4)) & MAX_SINCE_MS;
    }

    static int flags(byte[] data, int at) {
        return data[at + FLAGS];
    }

    static int format(byte[] data, int at) {
        return data[at + FORMAT] & 0xff;
    }

    static int keyBytes(byte[] data, int at) {
        return u16(data, at + KEY_BYTES);
    }

    static String key(byte[] data, int at) {
        return new String(data, at + HEAD_BYTES, keyBytes(data, at), StandardCharsets.UTF_8);
    }

    static Map<String, String> headers(byte[] data, int at) {
        int from = at + HEAD_BYTES + keyBytes(data, at) + 4;
        Map<String, String> headers = new HashMap<>();
        int next = from + 2;
        for (int left = u16(data, from); left > 0; left--) {
            String name = text(data, next);
            next += 2 + u16(data, next);
            headers.put(name, text(data, next));
            next += 2 + u16(data, next);
        }
        return Map.copyOf(headers);
    }

    /** The id; only if there is an extension. */
    static String id(byte[] data, int at) {
        return text(data, extensionAt(data, at) + 4);
    }

    /** The trace, if the extension has one; only if there is an extension. */
    static @Nullable TraceContext trace(byte[] data, int at) {
        int extension = extensionAt(data, at);
        int next = extension + ID_BYTES + u16(data, extension + 4);
        boolean isThere = next < extension + 4 + length(data, extension) && u16(data, next) > 0;
        return isThere ? TraceContext.of(text(data, next), text(data, next + 2 + u16(data, next))) : null;
    }

    private static int extensionAt(byte[] data, int at) {
        int next = at + HEAD_BYTES + keyBytes(data, at);
        return (flags(data, at) & HAS_HEADERS) == 0 ? next : next + 4 + length(data, next);
    }

    /** Where the content begins; it ends with the frame. */
    static int contentAt(byte[] data, int at) {
        int next = extensionAt(data, at);
        return (flags(data, at) & HAS_EXTENSION) == 0 ? next : next + 4 + length(data, next);
    }

    private static String text(byte[] data, int at) {
        return new String(data, at + 2, u16(data, at), StandardCharsets.UTF_8);
    }

    private static int u16(byte[] data, int at) {
        return ((short) SHORT.get(data, at)) & 0xffff;
    }

    // ------------------------------------------------------------------ writing

    /** Writes a frame of these parts; headers and extension as {@link #headerBytes} and {@link #extension} give them, or none. {@return where it ends} */
    static int write(
            byte[] data,
            int at,
            long sinceMs,
            int flags,
            int format,
            byte[] key,
            byte[] headers,
            byte[] extension,
            byte[] content) {
        INT.set(data, at, HEAD_BYTES + key.length + headers.length + extension.length + content.length);
        INT.set(data, at + 4, (int) sinceMs);
        data[at + FLAGS] = (byte) flags;
        data[at + FORMAT] = (byte) format;
        SHORT.set(data, at + KEY_BYTES, (short) key.length);
        return put(content, data, put(extension, data, put(headers, data, put(key, data, at + HEAD_BYTES))));
    }

    private static int put(byte[] bytes, byte[] data, int at) {
        System.arraycopy(bytes, 0, data, at, bytes.length);
        return at + bytes.length;
    }

    /** Headers in the form in which they stand in a frame, with their length in front. */
    static byte[] headerBytes(Map<String, String> headers) {
        int bytes = HEADERS_BYTES;
        byte[][] texts = new byte[2 * headers.size()][];
        int i = 0;
        for (Map.Entry<String, String> header : headers.entrySet()) {
            texts[i] = bytes(header.getKey());
            texts[i + 1] = bytes(header.getValue());
            bytes += HEADER_BYTES + texts[i].length + texts[i + 1].length;
            i += 2;
        }
        byte[] all = new byte[bytes];
        INT.set(all, 0, bytes - 4);
        SHORT.set(all, 4, (short) headers.size());
        int next = HEADERS_BYTES;
        for (byte[] text : texts) {
            next = putText(text, all, next);
        }
        return all;
    }

    /** Id and trace in the form in which they stand in a frame, with their length in front; an empty id is none. */
    static byte[] extension(String id, @Nullable TraceContext trace) {
        byte[] text = bytes(id);
        byte[] parent = bytes(trace == null ? "" : trace.traceparent());
        byte[] state = bytes(trace == null ? "" : trace.tracestate());
        byte[] all = new byte[ID_BYTES + text.length + traceBytes(trace)];
        INT.set(all, 0, all.length - 4);
        int next = putText(text, all, 4);
        if (trace != null) {
            putText(state, all, putText(parent, all, next));
        }
        return all;
    }

    /** What a trace takes of an extension: it is ASCII. */
    static int traceBytes(@Nullable TraceContext trace) {
        return trace == null
                ? 0
                : TRACE_BYTES
                        + trace.traceparent().length()
                        + trace.tracestate().length();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static int putText(byte[] text, byte[] data, int at) {
        SHORT.set(data, at, (short) text.length);
        return put(text, data, at + 2);
    }

    // ------------------------------------------------------------------ checking what comes from another node

    /** Is there a whole frame from here to this end at most? {@return where it ends}; throws IllegalArgumentException if not. */
    static int check(byte[] data, int at, int end, int formats) {
        require(end - at >= HEAD_BYTES, "a frame of", end - at);
        int length = length(data, at);
        require(length >= HEAD_BYTES && length <= end - at, "a frame of", length);
        require(format(data, at) < formats, "the format", format(data, at));
        int ends = at + length;
        int flags = flags(data, at);
        int keyBytes = keyBytes(data, at);
        require(keyBytes <= MAX_TEXT_BYTES * Limits.MAX_KEY, "a key of", keyBytes);
        require((flags & HAS_KEY) != 0 || (keyBytes == 0 && (flags & TOMBSTONE) == 0), "no key, but the flags", flags);
        int next = at + HEAD_BYTES + keyBytes;
        require(next <= ends, "a key of", keyBytes);
        if ((flags & HAS_HEADERS) != 0) {
            int section = section(data, next, ends);
            checkHeaders(data, next + 4, section);
            next = section;
        }
        if ((flags & HAS_EXTENSION) != 0) {
            int section = section(data, next, ends);
            require(section - next >= ID_BYTES, "an extension of", section - next);
            next = checkText(data, next + 4, section, MAX_TEXT_BYTES * Limits.MAX_ID, "an id of");
            if (next < section) {
                next = checkText(data, next, section, Limits.MAX_TRACEPARENT, "a traceparent of");
                checkText(data, next, section, Limits.MAX_TRACESTATE, "a tracestate of");
            }
        }
        return ends;
    }

    /** Is there a text of so many bytes at most? {@return where it ends} */
    private static int checkText(byte[] data, int at, int end, int most, String what) {
        require(end - at >= 2, what, end - at);
        int bytes = u16(data, at);
        require(bytes <= most && bytes <= end - at - 2, what, bytes);
        return at + 2 + bytes;
    }

    private static int section(byte[] data, int at, int end) {
        require(end - at >= 4, "a part of", end - at);
        int bytes = length(data, at);
        require(bytes >= 0 && bytes <= end - at - 4, "a part of", bytes);
        return at + 4 + bytes;
    }

    private static void checkHeaders(byte[] data, int at, int end) {
        require(end - at >= 2, "headers of", end - at);
        int number = u16(data, at);
        require(number <= Limits.MAX_HEADERS, "headers:", number);
        int next = at + 2;
        for (int texts = 2 * number; texts > 0; texts--) {
            next = checkText(data, next, end, MAX_TEXT_BYTES * Limits.MAX_HEADER, "a text of");
        }
        require(next == end, "headers that end early, by", end - next);
    }

    private static void require(boolean holds, String what, int number) {
        if (!holds) {
            throw new IllegalArgumentException("A batch holds " + what + " " + number + ", which is not valid there");
        }
    }
}
