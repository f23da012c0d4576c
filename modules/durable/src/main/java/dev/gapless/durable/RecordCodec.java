package dev.gapless.durable;

import dev.gapless.core.Limits;
import dev.gapless.core.TraceContext;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Format;
import dev.gapless.core.log.LogRecord;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a record in a store. Numbers are big-endian.
 *
 * <pre>
 *   version  1 byte    1
 *   checksum 4 bytes   CRC-32C of the log's id and of all bytes behind this
 *   before   4 bytes   the checksum of the record before, 0 in front of the first
 *   kind     1 byte    0 mark, 1 messages
 *   number, generation, uid: 8 bytes each
 *   a mark:   last publish time, number of streams (4), for each the uid and the last sequence
 *   messages: first sequence, publish time, number of formats (4), for each the serializer's id (4) and the manifest,
 *             number of messages (4), for each flags (1), format (4), [key], [number of headers (4), names and values], [id],
 *             [traceparent, tracestate], content;
 *             of an invalidation flags, format and content say nothing more
 * </pre>
 *
 * <p>Text and content have their length in bytes (4) in front.
 */
final class RecordCodec {
    private static final byte VERSION = 1;
    private static final int CHECKSUM_AT = 1;
    private static final int CHECKED_FROM = CHECKSUM_AT + Integer.BYTES;
    private static final byte MARK = 0;
    private static final byte MESSAGES = 1;
    private static final int HAS_KEY = 1;
    private static final int TOMBSTONE = 2;
    private static final int HAS_HEADERS = 4;
    private static final int INVALIDATION = 8;
    private static final int HAS_ID = 16;
    private static final int HAS_TRACE = 32;

    /** What is read is not what was written, or was written by a newer version. */
    static final class Damaged extends Exception {
        private static final long serialVersionUID = 1;

        /** Is it whole, and of a newer version? */
        final boolean isNewer;

        Damaged(String why) {
            this(why, false);
        }

        private Damaged(String why, boolean isNewer) {
            super(why);
            this.isNewer = isNewer;
        }
    }

    private final byte[] log;

    /** Of the log of this id: a record of another one is damaged. */
    RecordCodec(String log) {
        this.log = log.getBytes(StandardCharsets.UTF_8);
    }

    /** The checksum of a record. */
    static int checksum(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getInt(CHECKSUM_AT);
    }

    private int sum(byte[] bytes) {
        CRC32C sum = new CRC32C();
        sum.update(log);
        sum.update(bytes, CHECKED_FROM, bytes.length - CHECKED_FROM);
        return (int) sum.getValue();
    }

    // ------------------------------------------------------------------ writing

    /**
     * The bytes of a record.
     *
     * @param before the checksum of the one before; 0 if it is the first
     */
    byte[] write(LogRecord record, int before) {
        Writer out = new Writer();
        out.number(VERSION, 1);
        out.number(0, Integer.BYTES);
        out.number(before, Integer.BYTES);
        out.number(record instanceof LogRecord.Mark ? MARK : MESSAGES, 1);
        out.number(record.number(), Long.BYTES);
        out.number(record.generation(), Long.BYTES);
        out.number(record.uid(), Long.BYTES);
        if (record instanceof LogRecord.Mark mark) {
            out.number(mark.lastMs(), Long.BYTES);
            out.number(mark.heads().size(), Integer.BYTES);
            mark.heads().forEach(head -> {
                out.number(head.uid(), Long.BYTES);
                out.number(head.sequence(), Long.BYTES);
            });
        } else if (record instanceof LogRecord.Messages messages) {
            out.number(messages.first(), Long.BYTES);
            out.number(messages.timeMs(), Long.BYTES);
            Map<Format, Integer> formats = new LinkedHashMap<>();
            messages.contents().forEach(content -> formats.putIfAbsent(content.format(), formats.size()));
            out.number(formats.size(), Integer.BYTES);
            formats.keySet().forEach(format -> {
                out.number(format.serializerId(), Integer.BYTES);
                out.text(format.manifest());
            });
            out.number(messages.contents().size(), Integer.BYTES);
            messages.contents().forEach(content -> out.content(content, formats));
        }
        byte[] bytes = out.toByteArray();
        ByteBuffer.wrap(bytes).putInt(CHECKSUM_AT, sum(bytes));
        return bytes;
    }

    private static final class Writer extends ByteArrayOutputStream {
        void number(long value, int bytes) {
            for (int shift = (bytes - 1) * Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
                write((int) (value >>> shift));
            }
        }

        void bytes(byte[] bytes) {
            number(bytes.length, Integer.BYTES);
            write(bytes, 0, bytes.length);
        }

        void text(String text) {
            bytes(text.getBytes(StandardCharsets.UTF_8));
        }

        void content(Content content, Map<Format, Integer> formats) {
            String key = content.key();
            Map<String, String> headers = content.headers();
            String id = content.id();
            TraceContext trace = content.trace();
            number(
                    (key == null ? 0 : HAS_KEY)
                            | (content.tombstone() ? TOMBSTONE : 0)
                            | (content.isInvalidation() ? INVALIDATION : 0)
                            | (headers.isEmpty() ? 0 : HAS_HEADERS)
                            | (id == null ? 0 : HAS_ID)
                            | (trace == null ? 0 : HAS_TRACE),
                    1);
            number(formats.getOrDefault(content.format(), 0), Integer.BYTES);
            if (key != null) {
                text(key);
            }
            if (!headers.isEmpty()) {
                number(headers.size(), Integer.BYTES);
                headers.forEach((name, value) -> {
                    text(name);
                    text(value);
                });
            }
            if (id != null) {
                text(id);
            }
            if (trace != null) {
                text(trace.traceparent());
                text(trace.tracestate());
            }
            bytes(content.bytes());
        }
    }

    /** The bytes of the same record behind another one, which has this checksum. */
    byte[] behind(byte[] bytes, int before) {
        byte[] moved = bytes.clone();
        ByteBuffer its = ByteBuffer.wrap(moved);
        its.putInt(CHECKED_FROM, before);
        its.putInt(CHECKSUM_AT, sum(moved));
        return moved;
    }

    // ------------------------------------------------------------------ reading

    /**
     * The record of these bytes.
     *
     * @param number its own
     * @param before the checksum of the one before; null if that is not there any more
     */
    LogRecord read(byte[] bytes, long number, @Nullable Integer before) throws Damaged {
        if (bytes.length < CHECKED_FROM) {
            throw new Damaged("record " + number + " has " + bytes.length + " bytes");
        } else if (bytes[0] != VERSION) {
            throw new Damaged(
                    "record " + number + " has format " + bytes[0] + ", and this version reads format " + VERSION,
                    bytes[0] > VERSION && checksum(bytes) == sum(bytes));
        } else if (checksum(bytes) != sum(bytes)) {
            throw new Damaged("the checksum of record " + number + " does not match: it is damaged, or of another log");
        }
        try {
            return read(ByteBuffer.wrap(bytes, CHECKED_FROM, bytes.length - CHECKED_FROM), number, before);
        } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new Damaged("record " + number + " cannot be read: " + e);
        }
    }

    private static LogRecord read(ByteBuffer in, long number, @Nullable Integer before) throws Damaged {
        if (before != null && in.getInt() != before) {
            throw new Damaged("record " + number + " does not follow the one before it");
        } else if (before == null) {
            in.getInt();
        }
        byte kind = in.get();
        long its = in.getLong();
        if (its != number) {
            throw new Damaged("record " + its + " stands in the place of record " + number);
        }
        long generation = in.getLong();
        long uid = in.getLong();
        return kind == MARK ? mark(in, number, generation, uid) : messages(in, number, generation, uid);
    }

    private static LogRecord mark(ByteBuffer in, long number, long generation, long uid) {
        long lastMs = in.getLong();
        List<LogRecord.Head> heads = new ArrayList<>();
        for (int left = in.getInt(); left > 0; left--) {
            heads.add(new LogRecord.Head(in.getLong(), in.getLong()));
        }
        return new LogRecord.Mark(number, generation, uid, lastMs, heads);
    }

    private static LogRecord messages(ByteBuffer in, long number, long generation, long uid) throws Damaged {
        long first = in.getLong();
        long timeMs = in.getLong();
        List<Format> formats = new ArrayList<>();
        for (int left = in.getInt(); left > 0; left--) {
            formats.add(new Format(in.getInt(), text(in)));
        }
        int count = in.getInt();
        if (count < 1 || count > Limits.MAX_BATCH_MESSAGES) {
            throw new Damaged("record " + number + " has " + count + " messages");
        }
        List<Content> contents = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            contents.add(content(in, formats));
        }
        return new LogRecord.Messages(number, generation, uid, first, timeMs, contents);
    }

    private static Content content(ByteBuffer in, List<Format> formats) {
        int flags = in.get();
        Format format = formats.get(in.getInt());
        String key = (flags & HAS_KEY) == 0 ? null : text(in);
        Map<String, String> headers = Map.of();
        if ((flags & HAS_HEADERS) != 0) {
            headers = new LinkedHashMap<>();
            for (int left = in.getInt(); left > 0; left--) {
                headers.put(text(in), text(in));
            }
        }
        String id = (flags & HAS_ID) == 0 ? null : text(in);
        TraceContext trace = (flags & HAS_TRACE) == 0 ? null : new TraceContext(text(in), text(in));
        byte[] bytes = bytes(in);
        if ((flags & INVALIDATION) != 0) {
            return Content.invalidation();
        }
        Content content = new Content(key, (flags & TOMBSTONE) != 0, headers, format, bytes);
        Content traced = trace == null ? content : content.withTrace(trace);
        return id == null ? traced : traced.withId(id);
    }

    private static byte[] bytes(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private static String text(ByteBuffer in) {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }
}
