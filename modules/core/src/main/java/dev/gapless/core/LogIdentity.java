package dev.gapless.core;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a producer says of its log when it answers a registration.
 *
 * @param epoch the log's epoch
 * @param startedMs when the log was made, in milliseconds since 1970, for people
 * @param first the epoch's first sequence: 1, or one after the lineage's last
 * @param lineage the epoch that this one goes on from, or null
 */
public record LogIdentity(
        Epoch epoch, long startedMs, long first, @Nullable Lineage lineage) {

    public LogIdentity {
        long expected = lineage == null ? 1 : lineage.lastStored() + 1;
        if (first != expected) {
            throw new IllegalArgumentException(
                    "An epoch with lineage " + lineage + " begins at " + expected + ", not " + first);
        }
    }

    /** A log without a past. */
    public static LogIdentity fresh(Epoch epoch, long startedMs) {
        return new LogIdentity(epoch, startedMs, 1, null);
    }

    /** That of a log without a past on a node with these settings. If it does not publish, the log is empty, and always was. */
    public static LogIdentity fresh(TopicSettings settings, RandomGenerator random, long startedMs) {
        return fresh(settings.publishing() ? Epoch.random(random) : Epoch.NONE, startedMs);
    }
}
