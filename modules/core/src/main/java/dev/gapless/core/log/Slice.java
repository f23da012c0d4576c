package dev.gapless.core.log;

import dev.gapless.core.Limits;
import dev.gapless.core.TraceContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive messages in the form in which they are kept and sent. A message becomes objects when somebody asks for it. Nobody writes to
 * it, so any number of slices, rings and threads may show the same bytes. Messages are numbered from 0.
 */
public final class Slice {
    /** What a message is charged for beside its key, headers and content. */
    public static final int OVERHEAD_BYTES = 64;

    /** How many formats the messages of a slice have at most. */
    public static final int MAX_FORMATS = FrameLayout.MAX_FORMATS;

    private static final int REST_BYTES = OVERHEAD_BYTES - FrameLayout.HEAD_BYTES;

    private final byte[] data;
    /** Where each message begins in {@link #data}; in a segment that is the same array. */
    private final byte[] index;

    private final long baseMs;
    private final List<Format> formats;
    private final int from;
    private final int count;

    Slice(byte[] data, byte[] index, long baseMs, List<Format> formats, int from, int count) {
        assert count > 0 : count;
        this.data = data;
        this.index = index;
        this.baseMs = baseMs;
        this.formats = formats;
        this.from = from;
        this.count = count;
    }

    /**
     * Messages from another node.
     *
     * @param baseMs what their times begin from, in milliseconds since 1970
     * @param formats those that the messages name by number
     * @param count how many messages there are, at least one
     * @param data what they are in; nobody writes to it any more
     * @param from where they begin there
     * @param to where they end
     * @throws IllegalArgumentException if that is something else
     */
    public static Slice received(long baseMs, List<Format> formats, int count, byte[] data, int from, int to) {
        if (count < 1 || count > Limits.MAX_BATCH_MESSAGES || count > (to - from) / FrameLayout.HEAD_BYTES) {
            throw new IllegalArgumentException(count + " messages in " + (to - from) + " bytes");
        }
        byte[] index = new byte[FrameLayout.INDEX_BYTES * count];
        int at = from;
        for (int i = 0; i < count; i++) {
            int next = FrameLayout.check(data, at, to, formats.size());
            FrameLayout.setOffset(index, i, at);
            at = next;
        }
        if (at != to) {
            throw new IllegalArgumentException(count + " messages take " + (at - from) + " bytes, not " + (to - from));
        }
        return new Slice(data, index, baseMs, List.copyOf(formats), 0, count);
    }

    /** How many messages there are. */
    public int count() {
        return count;
    }

    /** The messages from this one on, so many of them. */
    public Slice part(int first, int number) {
        assert first >= 0 && number > 0 && first + number <= count : first + ", " + number + " of " + count;
        return number == count ? this : new Slice(data, index, baseMs, formats, from + first, number);
    }

    /** How many messages from this one on are charged for no more than this, one at least. */
    public int fitting(int first, int maxMessages, long maxBytes) {
        int most = Math.min(maxMessages, count - first);
        if (formats.size() == 1 && sizeBytes(first, most) <= maxBytes) {
            return most; // nobody has to look at each
        }
        int number = 1;
        long bytes = sizeBytes(first);
        while (number < most) {
            bytes += sizeBytes(first + number);
            if (bytes > maxBytes) {
                break;
            }
            number++;
        }
        return number;
    }

    // ------------------------------------------------------------------ one message

    /** What the message is charged for. */
    public int sizeBytes(int i) {
        Format format = formats.get(formats.size() == 1 ? 0 : FrameLayout.format(data, at(i)));
        return length(i) + REST_BYTES + format.manifestBytes();
    }

    /** The bytes of its frame: up to the next one, so that what nobody reads any more need not be fetched. */
    private int length(int i) {
        return i + 1 < count ? at(i + 1) - at(i) : FrameLayout.length(data, at(i));
    }

    /** When it was published, in milliseconds since 1970. */
    public long publishedMs(int i) {
        return baseMs + FrameLayout.sinceMs(data, at(i));
    }

    /** What it is about, or null. */
    public @Nullable String key(int i) {
        int at = at(i);
        return (FrameLayout.flags(data, at) & FrameLayout.HAS_KEY) == 0 ? null : FrameLayout.key(data, at);
    }

    /** Does it say that its key was deleted? */
    public boolean isTombstone(int i) {
        return (FrameLayout.flags(data, at(i)) & FrameLayout.TOMBSTONE) != 0;
    }

    /** The application's own; possibly empty. */
    public Map<String, String> headers(int i) {
        int at = at(i);
        return (FrameLayout.flags(data, at) & FrameLayout.HAS_HEADERS) == 0 ? Map.of() : FrameLayout.headers(data, at);
    }

    /** By which a publish that comes again is recognised; null if it is not. */
    public @Nullable String id(int i) {
        int at = at(i);
        String id = (FrameLayout.flags(data, at) & FrameLayout.HAS_EXTENSION) == 0 ? "" : FrameLayout.id(data, at);
        return id.isEmpty() ? null : id;
    }

    /** The trace in which it was published; null if it was in none. */
    public @Nullable TraceContext trace(int i) {
        int at = at(i);
        return (FrameLayout.flags(data, at) & FrameLayout.HAS_EXTENSION) == 0 ? null : FrameLayout.trace(data, at);
    }

    /** Does it say the same as this? Who repeats a publish may do so in another trace. */
    boolean isSame(int i, Content other) {
        int from = contentAt(i);
        byte[] bytes = other.bytes();
        return Objects.equals(key(i), other.key())
                && isTombstone(i) == other.tombstone()
                && format(i).equals(other.format())
                && headers(i).equals(other.headers())
                && Arrays.equals(data, from, from + contentLength(i), bytes, 0, bytes.length);
    }

    /** How its content is to be read. */
    public Format format(int i) {
        return formats.get(FrameLayout.format(data, at(i)));
    }

    /** A copy of what it says. */
    public byte[] content(int i) {
        int at = at(i);
        return Arrays.copyOfRange(data, FrameLayout.contentAt(data, at), at + length(i));
    }

    /** Where in {@link #data} it begins, for whoever reads it there. */
    public int contentAt(int i) {
        return FrameLayout.contentAt(data, at(i));
    }

    /** How many bytes that has. */
    public int contentLength(int i) {
        int at = at(i);
        return at + length(i) - FrameLayout.contentAt(data, at);
    }

    private int at(int i) {
        assert i >= 0 && i < count : i + " of " + count;
        return FrameLayout.offset(index, from + i);
    }

    // ------------------------------------------------------------------ all of them

    /** What they are charged for. */
    public long sizeBytes() {
        return sizeBytes(0, count);
    }

    /** What so many messages are charged for, from this one on. */
    public long sizeBytes(int first, int number) {
        int last = first + number - 1;
        long bytes = (long) at(last) + length(last) - at(first);
        if (formats.size() == 1) {
            return charge(bytes, number, formats.get(0));
        }
        bytes += (long) REST_BYTES * number;
        for (int i = first; i <= last; i++) {
            bytes += format(i).manifestBytes();
        }
        return bytes;
    }

    /** What frames of that many bytes are charged for, if all are of this format. */
    static long charge(long bytes, int number, Format format) {
        return bytes + (REST_BYTES + (long) format.manifestBytes()) * number;
    }

    /** What their times begin from, in milliseconds since 1970. */
    public long baseMs() {
        return baseMs;
    }

    /** How the contents are to be read, by the number that the messages have for it; null for numbers that none of them has. */
    public List<@Nullable Format> formats() {
        if (formats.size() == 1) {
            return Collections.unmodifiableList(formats);
        }
        List<@Nullable Format> used = new ArrayList<>(Collections.nCopies(formats.size(), null));
        for (int i = 0; i < count; i++) {
            int number = FrameLayout.format(data, at(i));
            used.set(number, formats.get(number));
        }
        return used;
    }

    /** The array that the messages are in, for whoever sends them: not to be written to. */
    public byte[] data() {
        return data;
    }

    /** All slices of the same segment, and all parts of what came from another node, have the same one, and others another one. */
    public byte[] index() {
        return index;
    }

    /** The number of the first of them among all messages in {@link #index}. */
    public int first() {
        return from;
    }

    /** Where in {@link #data} they begin. */
    public int offset() {
        return at(0);
    }

    /** How many bytes of {@link #data} they take. */
    public int length() {
        return at(count - 1) + length(count - 1) - at(0);
    }
}
