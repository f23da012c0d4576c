package dev.gapless.core.wire;

import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.Session;
import dev.gapless.core.Start;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a {@link Find}.
 *
 * @param start what was looked for
 * @param lost why the log cannot go on there; null if it can
 * @param next the message that comes next there, or that it goes on with
 * @param oldest the oldest sequence that the log still has, or {@code head + 1}
 * @param head the newest
 */
public record Found(
        String topic,
        long reader,
        Session session,
        Start start,
        @Nullable Reason lost,
        Position next,
        long oldest,
        long head)
        implements ToConsumer {
    public Found {
        Message.check(topic, reader);
        Find.checkPlace(start);
        Message.checkOldest(oldest, head);
        if (next.sequence() < 1 || next.sequence() > head + 1) {
            throw new IllegalArgumentException("Next is 1 to head + 1: " + next + ", head " + head);
        }
    }
}
