package dev.gapless.core.wire;

import dev.gapless.core.Limits;
import dev.gapless.core.Session;
import dev.gapless.core.log.Slice;
import java.util.List;

/**
 * Consecutive messages; one remote message, however many they are.
 *
 * @param first the sequence of the first message; the others follow without a gap
 * @param oldest the oldest sequence that the log still had when it was sent, or {@code head + 1}
 * @param head the newest
 * @param asks whether the producer wants an Ack at once; else the reader may put it off
 * @param slices the messages
 */
public record Batch(
        String topic,
        long reader,
        Session session,
        long first,
        long oldest,
        long head,
        boolean asks,
        List<Slice> slices)
        implements ToConsumer {

    /** What a batch takes on the wire beside what its messages are charged for, at most: the topic's name, and a few numbers. */
    public static final int OVERHEAD_BYTES = 1024;

    public Batch {
        Message.check(topic, reader);
        int count = count(slices);
        if (count < 1 || count > Limits.MAX_BATCH_MESSAGES) {
            throw new IllegalArgumentException(
                    "A batch has 1 to " + Limits.MAX_BATCH_MESSAGES + " messages, this has " + count);
        }
        if (first < 1 || first + count - 1 > head) {
            throw new IllegalArgumentException("Batch of " + count + " from " + first + ", head " + head);
        }
        Message.checkOldest(oldest, head);
    }

    /** How many messages there are. */
    public int count() {
        return count(slices);
    }

    /** The sequence of the last message. */
    public long last() {
        return first + count() - 1;
    }

    /** What these are charged for. */
    public static long sizeBytes(List<Slice> slices) {
        long bytes = 0;
        for (Slice slice : slices) {
            bytes += slice.sizeBytes();
        }
        return bytes;
    }

    /** How many messages these are. */
    public static int count(List<Slice> slices) {
        int count = 0;
        for (Slice slice : slices) {
            count += slice.count();
        }
        return count;
    }
}
