package dev.gapless.core.log;

import java.util.ArrayList;
import java.util.List;

/**
 * Messages of a log one after the other, in the form in which they travel. Appended to under the log's lock; what is there stays as it is,
 * so that it may be read without, up to the log's head.
 *
 * <p>Invariant: the frames from the front and their index from the back do not meet.
 */
public final class Segment implements Ring.Piece {
    private static final int LEAST_BYTES = 512;
    private static final int MOST_BYTES = 64 * 1024;
    /** A message of this size, and all above, has a segment of its own: it would leave much of another one empty. */
    private static final int LARGE_BYTES = 8 * 1024;
    /** A segment has at most about this part of what a log holds, so that little more than that is kept. */
    private static final int PARTS = 8;

    private final long first;
    private final long baseMs;
    private final byte[] data;
    private List<Format> formats = List.of();
    private int count;
    private int used;

    private Segment(long first, long baseMs, int bytes) {
        this.first = first;
        this.baseMs = baseMs;
        this.data = new byte[bytes];
    }

    /** Messages that nobody has any more: nothing of them can be read. They were published at that time at the latest. */
    static Segment lost(long first, int count, long publishedMs) {
        Segment lost = new Segment(first, publishedMs, 0);
        lost.count = count;
        return lost;
    }

    /** Is nothing of it there to be read? */
    boolean isLost() {
        return data.length == 0;
    }

    /**
     * An empty one, with room for this message.
     *
     * @param first the sequence of its first message
     * @param heldBytes what the log holds
     */
    public static Segment of(long first, long nowMs, Content content, long heldBytes) {
        int needed = content.frameBytes() + FrameLayout.INDEX_BYTES;
        if (content.frameBytes() >= LARGE_BYTES) {
            return new Segment(first, nowMs, needed);
        }
        long wanted = Long.highestOneBit(Math.max(1, heldBytes / PARTS));
        return new Segment(first, nowMs, (int) Math.max(needed, Math.min(MOST_BYTES, Math.max(LEAST_BYTES, wanted))));
    }

    /** Is there room for this message, and can its time and its format be written here? */
    public boolean takes(Content content, long nowMs) {
        boolean fits = used + content.frameBytes() + FrameLayout.INDEX_BYTES * (count + 1) <= data.length;
        return fits
                && nowMs - baseMs <= FrameLayout.MAX_SINCE_MS
                && (formats.size() < FrameLayout.MAX_FORMATS || formats.contains(content.format()));
    }

    /** Appends it. */
    public void append(Content content, long nowMs) {
        assert takes(content, nowMs) : this;
        FrameLayout.setOffset(data, count, used);
        used = content.writeTo(data, used, nowMs - baseMs, numberOf(content.format()));
        count++;
    }

    private int numberOf(Format format) {
        for (int i = 0; i < formats.size(); i++) {
            if (formats.get(i).equals(format)) {
                return i;
            }
        }
        List<Format> more = new ArrayList<>(formats);
        more.add(format);
        formats = List.copyOf(more); // whoever reads the list before keeps it
        return formats.size() - 1;
    }

    @Override
    public long first() {
        return first;
    }

    @Override
    public long sizeBytes(long from, long to) {
        if (isLost()) {
            return 0;
        }
        int i = (int) (from - first);
        int number = (int) (to - from + 1);
        int end = i + number < count ? FrameLayout.offset(data, i + number) : used;
        return formats.size() == 1
                ? Slice.charge(end - FrameLayout.offset(data, i), number, formats.get(0))
                : slice(from, number).sizeBytes();
    }

    /** What it takes in memory, about, as long as one of its messages is there. */
    long memoryBytes() {
        return data.length;
    }

    /** When this message was published, in milliseconds since 1970. */
    public long publishedMs(long index) {
        return isLost() ? baseMs : baseMs + FrameLayout.sinceMs(data, at(index));
    }

    private int at(long index) {
        return FrameLayout.offset(data, (int) (index - first));
    }

    /** The sequence of its newest message. */
    public long last() {
        return first + count - 1;
    }

    /** The messages from this sequence on, so many of them. */
    public Slice slice(long index, int number) {
        return new Slice(data, data, baseMs, formats, (int) (index - first), number);
    }
}
