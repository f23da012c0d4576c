package dev.gapless.durable;

import org.jspecify.annotations.Nullable;

/**
 * A topic's log in a store. Immutable.
 *
 * @param node whose
 * @param records how many records it has
 * @param bytes of these records
 * @param messages how many messages they hold; the ring of the node may hold fewer
 * @param incarnations how many incarnations of the node published them
 * @param lastMs when the last message was published, in milliseconds since 1970; 0 if there is none
 * @param damage what is wrong with it; null if nothing is
 */
public record StoredTopic(
        String node,
        String topic,
        long records,
        long bytes,
        long messages,
        int incarnations,
        long lastMs,
        @Nullable String damage) {}
