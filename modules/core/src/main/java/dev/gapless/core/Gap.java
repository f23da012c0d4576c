package dev.gapless.core;

import org.jspecify.annotations.Nullable;

/**
 * What a subscription missed of one producer. Within one node and epoch, the messages delivered and the gaps stated add up
 * to every sequence exactly once, as far as numbers can be known.
 *
 * @param node the producer's name, or null where the gap concerns no single one
 * @param reason why
 * @param epoch the epoch in which messages are missing, or null if unknown
 * @param firstMissing the first missing sequence, or null if unknown; of what a store has lost the one behind all that was read
 * @param missed how many are missing, or null if unknown
 * @param resumesAt the first position that will be delivered again, or null while that is open
 */
public record Gap(
        @Nullable String node,
        Reason reason,
        @Nullable Epoch epoch,
        @Nullable Long firstMissing,
        @Nullable Long missed,
        @Nullable Position resumesAt) {
    /** What a feed calls the producer of a gap that concerns no single one. No node has this name. */
    public static final String NOBODY = "";
}
