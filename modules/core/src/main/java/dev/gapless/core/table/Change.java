package dev.gapless.core.table;

import org.jspecify.annotations.Nullable;

/**
 * What a step of the view does to a key. Before and after are not both null.
 *
 * @param before what was seen; null if nothing was
 * @param after what is seen now; null if nothing is
 * @param <V> what the application keeps for a key
 */
public record Change<V>(
        String key, @Nullable V before, @Nullable V after) {}
