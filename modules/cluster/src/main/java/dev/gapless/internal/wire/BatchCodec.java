package dev.gapless.internal.wire;

import dev.gapless.core.Limits;
import dev.gapless.core.Session;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Frame;
import dev.gapless.core.wire.Batch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A batch on the wire: what the frames share first, then their few bytes of header, then all contents in one piece, from
 * which the frames on the other side are cut.
 */
final class BatchCodec {
    private static final int HAS_KEY = 1;
    private static final int TOMBSTONE = 2;
    private static final int HAS_HEADERS = 4;
    /** Something that a later version adds to a frame: its length, and that many bytes. */
    private static final int HAS_EXTENSION = 8;

    private record Format(int serializerId, String manifest) {}

    private BatchCodec() {}

    static void write(Batch batch, WireBuffer out) {
        List<Frame> frames = batch.frames();
        out.writeNumber(batch.first());
        out.writeNumber(batch.head());
        out.writeNumber(frames.size());
        Map<Format, Integer> formats = formatsOf(frames);
        out.writeNumber(formats.size());
        for (Format format : formats.keySet()) {
            out.writeInt(format.serializerId());
            out.writeText(format.manifest());
        }
        long before = 0;
        int bytes = 0;
        for (Frame frame : frames) {
            Content content = frame.content();
            writeHead(content, frame.publishedMs() - before, indexOf(formats, content), out);
            before = frame.publishedMs();
            bytes += content.length();
        }
        out.writeNumber(bytes);
        for (Frame frame : frames) {
            Content content = frame.content();
            out.writeBytes(content.bytes(), content.offset(), content.length());
        }
    }

    private static Map<Format, Integer> formatsOf(List<Frame> frames) {
        Map<Format, Integer> formats = new LinkedHashMap<>();
        Content last = null;
        for (Frame frame : frames) {
            Content content = frame.content();
            if (last == null
                    || content.serializerId() != last.serializerId()
                    || !content.manifest().equals(last.manifest())) {
                formats.putIfAbsent(formatOf(content), formats.size());
            }
            last = content;
        }
        return formats;
    }

    private static int indexOf(Map<Format, Integer> formats, Content content) {
        if (formats.size() == 1) {
            return 0;
        }
        return formats.getOrDefault(formatOf(content), 0);
    }

    private static Format formatOf(Content content) {
        return new Format(content.serializerId(), content.manifest());
    }

    private static void writeHead(Content content, long sinceMs, int format, WireBuffer out) {
        String key = content.key();
        Map<String, String> headers = content.headers();
        out.writeByte((key == null ? 0 : HAS_KEY)
                | (content.tombstone() ? TOMBSTONE : 0)
                | (headers.isEmpty() ? 0 : HAS_HEADERS));
        out.writeNumber(format);
        out.writeNumber(sinceMs);
        if (key != null) {
            out.writeText(key);
        }
        if (!headers.isEmpty()) {
            out.writeNumber(headers.size());
            headers.forEach((name, value) -> {
                out.writeText(name);
                out.writeText(value);
            });
        }
        out.writeNumber(content.length());
    }

    private record Head(
            long publishedMs,
            @Nullable String key,
            boolean tombstone,
            Map<String, String> headers,
            Format format,
            int length) {}

    static Batch read(String topic, long reader, Session session, WireBuffer in) {
        long first = in.readNumber();
        long head = in.readNumber();
        int count = in.readCount("messages in a batch", Math.min(Limits.MAX_BATCH_MESSAGES, in.remaining()));
        List<Format> formats = new ArrayList<>();
        for (int i = in.readCount("formats", count); i > 0; i--) {
            formats.add(new Format(in.readInt(), in.readText("manifest", Limits.MAX_MANIFEST)));
        }
        List<Head> heads = new ArrayList<>(count);
        long timeMs = 0;
        for (int i = 0; i < count; i++) {
            Head read = readHead(timeMs, formats, in);
            heads.add(read);
            timeMs = read.publishedMs();
        }
        byte[] bytes = in.readBytes("messages", in.remaining());
        List<Frame> frames = new ArrayList<>(count);
        int offset = 0;
        for (Head h : heads) {
            Content content = new Content(
                    h.key(),
                    h.tombstone(),
                    h.headers(),
                    h.format().serializerId(),
                    h.format().manifest(),
                    bytes,
                    offset,
                    h.length());
            frames.add(new Frame(first + frames.size(), h.publishedMs(), content));
            offset += h.length();
        }
        return new Batch(topic, reader, session, first, head, frames);
    }

    private static Head readHead(long beforeMs, List<Format> formats, WireBuffer in) {
        int flags = in.readByte();
        Format format = formats.get(in.readCount("formats", formats.size() - 1));
        long publishedMs = beforeMs + in.readNumber();
        String key = (flags & HAS_KEY) == 0 ? null : in.readText("key", Limits.MAX_KEY);
        Map<String, String> headers = (flags & HAS_HEADERS) == 0 ? Map.of() : readHeaders(in);
        if ((flags & HAS_EXTENSION) != 0) {
            in.skipExtension();
        }
        int length = in.readCount("bytes of a message", in.remaining());
        return new Head(publishedMs, key, (flags & TOMBSTONE) != 0, headers, format, length);
    }

    private static Map<String, String> readHeaders(WireBuffer in) {
        Map<String, String> headers = new HashMap<>();
        for (int i = in.readCount("headers", Limits.MAX_HEADERS); i > 0; i--) {
            headers.put(in.readText("header", Limits.MAX_HEADER), in.readText("header", Limits.MAX_HEADER));
        }
        return Map.copyOf(headers);
    }
}
