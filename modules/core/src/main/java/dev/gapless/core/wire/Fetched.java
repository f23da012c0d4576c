package dev.gapless.core.wire;

import dev.gapless.core.Epoch;
import dev.gapless.core.Session;
import dev.gapless.core.log.Slice;
import java.util.List;

/**
 * The answer to a {@link Fetch}.
 *
 * @param epoch the log that has them
 * @param first the sequence of the first message: the one that was asked for
 * @param oldest the oldest sequence that the log still has, or {@code head + 1}
 * @param head the newest
 * @param slices consecutive messages; none if the log does not have the first: that is older than the oldest, or its store
 *     has lost it amid others
 */
public record Fetched(
        String topic, long reader, Session session, Epoch epoch, long first, long oldest, long head, List<Slice> slices)
        implements ToConsumer {
    public Fetched {
        Message.check(topic, reader);
        Message.checkOldest(oldest, head);
        if (first < 1 || (!slices.isEmpty() && first + Batch.count(slices) - 1 > head)) {
            throw new IllegalArgumentException(Batch.count(slices) + " messages from " + first + ", head " + head);
        }
    }
}
