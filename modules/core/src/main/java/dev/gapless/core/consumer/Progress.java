package dev.gapless.core.consumer;

import dev.gapless.core.Start;
import dev.gapless.core.feed.Placed;
import org.jspecify.annotations.Nullable;

/** How far a reader has got with one producer. */
sealed interface Progress {

    /**
     * The producer has given no position yet.
     *
     * @param start where to begin
     * @param lateNs since when {@code ready()} may have gone on without it; null if it did not
     * @param unknownToToken the token that was resumed was taken before it had answered
     */
    record Unbegun(Start start, @Nullable Long lateNs, boolean unknownToToken) implements Progress {}

    /**
     * The feed has everything up to here, or was told what it lacks.
     *
     * @param at has an epoch, and is no end; not placed if only a token says so
     */
    record Reached(Placed at) implements Progress {}
}
