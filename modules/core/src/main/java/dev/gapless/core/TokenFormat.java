package dev.gapless.core;

import dev.gapless.core.CursorToken.Entry;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32C;

/** How tokens are printed, and read. */
final class TokenFormat {
    private static final byte VERSION = 3;
    private static final int CHECKSUM_BYTES = 4;
    private static final int OVER = 1;
    private static final int HAS_SEQUENCE = 2;
    private static final int TOLD = 4;
    private static final int NAMELESS = 8;
    private static final int HOST_IS_UID = 16;
    private static final int HAS_HOST = 32;

    private TokenFormat() {}

    /** Throws IllegalArgumentException that says what is wrong with it. */
    static CursorToken parse(String text) {
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
        if (bytes[0] < 1 || bytes[0] > VERSION) {
            throw new IllegalArgumentException(
                    "The cursor token has version " + bytes[0] + ", this program reads version " + VERSION);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int length = bytes.length - CHECKSUM_BYTES;
        if (buffer.getInt(length) != checksum(bytes, length)) {
            throw new IllegalArgumentException(
                    "The cursor token is damaged, its checksum does not match: " + shortened(text));
        }
        buffer.position(1).limit(length);
        try {
            return bytes[0] == VERSION ? read(buffer) : ofBefore(buffer);
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("The cursor token ends too early: " + shortened(text), e);
        }
    }

    /** Of a version whose positions are of no use any more: whoever resumes it is told so. */
    private static CursorToken ofBefore(ByteBuffer buffer) {
        String topic = readText(buffer);
        String cluster = readText(buffer);
        return new CursorToken(topic, cluster, buffer.getLong(), HistoryId.UNKNOWN, List.of(), 0);
    }

    private static CursorToken read(ByteBuffer buffer) {
        String topic = readText(buffer);
        String cluster = readText(buffer);
        long timeMs = buffer.getLong();
        long historyId = buffer.getLong();
        long filter = buffer.getLong();
        long home = buffer.getLong();
        int count = buffer.getInt();
        CursorToken.checkCount(topic, count);
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(readEntry(buffer, topic));
        }
        return new CursorToken(topic, cluster, timeMs, historyId, entries, filter).takenBy(home);
    }

    private static Entry readEntry(ByteBuffer buffer, String topic) {
        String node = readText(buffer);
        long uid = buffer.getLong();
        int flags = buffer.get();
        Epoch epoch = uid == 0 ? new Epoch(buffer.getLong()) : Epoch.of(uid, topic);
        long sequence = (flags & HAS_SEQUENCE) == 0 ? Entry.UNKNOWN : buffer.getLong();
        long host = (flags & HOST_IS_UID) != 0 ? uid : (flags & HAS_HOST) != 0 ? buffer.getLong() : 0;
        boolean isOver = (flags & OVER) != 0;
        return new Entry(node, uid, epoch, sequence, isOver, (flags & TOLD) != 0, (flags & NAMELESS) != 0, host);
    }

    static String print(CursorToken token) {
        int size = 1 + sizeOf(token.topic()) + sizeOf(token.cluster()) + 4 * Long.BYTES + Integer.BYTES;
        for (Entry entry : token.entries()) {
            size += sizeOf(entry);
        }
        ByteBuffer buffer = ByteBuffer.allocate(size + CHECKSUM_BYTES);
        buffer.put(VERSION);
        writeText(buffer, token.topic());
        writeText(buffer, token.cluster());
        buffer.putLong(token.timeMs()).putLong(token.historyId()).putLong(token.filter());
        buffer.putLong(token.home()).putInt(token.entries().size());
        token.entries().forEach(entry -> write(buffer, entry));
        buffer.putInt(checksum(buffer.array(), buffer.position()));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(buffer.array());
    }

    private static int flags(Entry entry) {
        int flags = entry.over() ? OVER : 0;
        flags |= entry.sequence() == Entry.UNKNOWN ? 0 : HAS_SEQUENCE;
        flags |= entry.told() ? TOLD : 0;
        flags |= entry.nameless() ? NAMELESS : 0;
        if (entry.host() != 0) {
            flags |= entry.host() == entry.uid() ? HOST_IS_UID : HAS_HOST;
        }
        return flags;
    }

    private static int sizeOf(Entry entry) {
        int flags = flags(entry);
        int numbers = 1 + (entry.uid() == 0 ? 1 : 0) + Integer.bitCount(flags & (HAS_SEQUENCE | HAS_HOST));
        return sizeOf(entry.node()) + 1 + numbers * Long.BYTES;
    }

    private static void write(ByteBuffer buffer, Entry entry) {
        int flags = flags(entry);
        writeText(buffer, entry.node());
        buffer.putLong(entry.uid()).put((byte) flags);
        if (entry.uid() == 0) {
            buffer.putLong(entry.epoch().id());
        }
        if ((flags & HAS_SEQUENCE) != 0) {
            buffer.putLong(entry.sequence());
        }
        if ((flags & HAS_HOST) != 0) {
            buffer.putLong(entry.host());
        }
    }

    private static int sizeOf(String text) {
        return Short.BYTES + text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static void writeText(ByteBuffer buffer, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        buffer.putShort((short) bytes.length).put(bytes);
    }

    private static String readText(ByteBuffer buffer) {
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

    private static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }
}
