package dev.gapless.stress;

import dev.gapless.core.Epoch;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Overflow;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.feed.Stream;
import dev.gapless.core.log.Admission;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Gate;
import dev.gapless.core.log.Log;
import dev.gapless.core.log.Reading;
import dev.gapless.core.log.Ring;
import dev.gapless.core.log.Segment;
import dev.gapless.core.log.Slice;
import dev.gapless.core.log.Ticket;
import java.util.Arrays;
import java.util.List;

/** What the tests begin with. */
public final class Given {
    public static final Ticket NOBODY = outcome -> {};
    public static final Epoch EPOCH = new Epoch(7);

    private static final LogIdentity IDENTITY = LogIdentity.fresh(EPOCH, 0);
    private static final long RING_BYTES = 1 << 20;

    private Given() {}

    /** An empty log whose ring holds so many messages. */
    public static Log log(int messages, Overflow overflow) {
        return new Log(IDENTITY, settings(messages, overflow), Gate.opened());
    }

    /** A log like {@link #full}, with room for a small message, but not for a large one. */
    public static Log almostFull(long bytes) {
        return full(settings(8, bytes, Overflow.BACKPRESSURE));
    }

    /** A log of two messages, {@code a} and {@code b}, that may not be overwritten: who publishes waits. */
    public static Log full() {
        return full(settings(2, RING_BYTES, Overflow.BACKPRESSURE));
    }

    private static Log full(TopicSettings settings) {
        Log log = new Log(IDENTITY, settings, Gate.opened());
        publish(log, 'a');
        publish(log, 'b');
        log.release(0, 0);
        return log;
    }

    public static TopicSettings settings(int messages, Overflow overflow) {
        return settings(messages, RING_BYTES, overflow);
    }

    private static TopicSettings settings(int messages, long bytes, Overflow overflow) {
        return TopicSettings.DEFAULTS.with(draft -> {
            draft.bufferMessages = messages;
            draft.bufferBytes = bytes;
            draft.overflow = overflow;
            draft.batchBytes = Slice.OVERHEAD_BYTES;
            draft.windowBytes = 1 << 16;
            draft.reloadIntervalNs = 0;
            draft.reloadJitterNs = 0;
        });
    }

    /** A message that is made anew, with bytes of its own: who sees it too early sees zeros. */
    public static Content content(int value) {
        return content(value, 2);
    }

    /** One of so many bytes. */
    public static Content content(int value, int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return Content.of(1, "", bytes);
    }

    public static Admission publish(Log log, int value) {
        return log.publish(content(value), 0, 0, NOBODY);
    }

    /** That of a producer whose name has one letter. */
    public static Stream stream(String node) {
        return Stream.of(node.charAt(0), "t", node);
    }

    public static List<Slice> slice(long sequence) {
        return List.of(segment(sequence).slice(sequence, 1));
    }

    private static Segment segment(long sequence) {
        Content content = content((int) sequence);
        Segment segment = Segment.of(sequence, 0, content, 0);
        segment.append(content, 0);
        return segment;
    }

    /** Appends the next entry, which says its index. */
    public static void append(Ring<Segment> ring) {
        ring.makeRoom(1, 1, Ring.ALL, (piece, upTo) -> {});
        ring.add(segment(ring.head() + 1));
        ring.added(1, 1);
    }

    /** What the entry with this index says, or -2 if it is not there. */
    public static int read(Ring<Segment> ring, long index) {
        Segment segment = ring.get(index);
        return segment == null ? -2 : value(segment.slice(index, 1).content(0));
    }

    /** What a message says, or -1 if its bytes are not of one message. */
    public static int value(byte[] bytes) {
        for (byte one : bytes) {
            if (one != bytes[0]) {
                return -1;
            }
        }
        return bytes[0];
    }

    /** What a reading gave: {@code empty}, {@code overrun}, or the contents. */
    public static String announced(Reading reading) {
        if (!(reading instanceof Reading.Messages messages)) {
            return reading instanceof Reading.Empty ? "empty" : "overrun";
        }
        StringBuilder contents = new StringBuilder();
        for (Slice slice : messages.slices()) {
            for (int i = 0; i < slice.count(); i++) {
                contents.append((char) value(slice.content(i)));
            }
        }
        return contents.toString();
    }
}
