package dev.gapless.core;

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

    /** The log of a node that does not publish to the topic: it is empty, and was in every life before. */
    public static LogIdentity unpublished(long startedMs) {
        return fresh(Epoch.NONE, startedMs);
    }
}
