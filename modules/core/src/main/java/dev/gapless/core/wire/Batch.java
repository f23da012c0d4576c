package dev.gapless.core.wire;

import dev.gapless.core.Limits;
import dev.gapless.core.Session;
import dev.gapless.core.log.Frame;
import java.util.List;

/**
 * Consecutive messages; one remote message, however many they are.
 *
 * @param first the sequence of the first frame; the others follow without a gap
 * @param head the newest sequence of the log when it was sent; for traces and tools
 * @param frames at least one
 */
public record Batch(String topic, long reader, Session session, long first, long head, List<Frame> frames)
        implements ToConsumer {

    /** What a batch takes on the wire beside what its frames are charged for, at most: the topic's name, and a few numbers. */
    public static final int OVERHEAD_BYTES = 1024;

    public Batch {
        Message.check(topic, reader);
        if (frames.isEmpty() || frames.size() > Limits.MAX_BATCH_MESSAGES) {
            throw new IllegalArgumentException(
                    "A batch has 1 to " + Limits.MAX_BATCH_MESSAGES + " messages, this has " + frames.size());
        }
        if (first < 1 || frames.get(0).sequence() != first || last(first, frames) > head) {
            throw new IllegalArgumentException("Batch of " + frames.size() + " from " + first + ", head " + head);
        }
        assert frames.get(frames.size() - 1).sequence() == last(first, frames) : "a gap within a batch";
    }

    /** The sequence of the last frame. */
    public long last() {
        return last(first, frames);
    }

    private static long last(long first, List<Frame> frames) {
        return first + frames.size() - 1;
    }
}
