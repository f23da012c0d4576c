package dev.gapless.core;

import org.jspecify.annotations.Nullable;

/** Where a registration wants to begin. */
public sealed interface Start {
    /** With what is published from now on. Asked only until there is a position. */
    record Latest() implements Start {}

    /** With the oldest message that the ring still holds. */
    record Earliest() implements Start {}

    /** With the epoch's first message, or with an expiry if it was overwritten: asked of nodes that came later. */
    record Beginning() implements Start {}

    /**
     * With the first message published at that time or later.
     *
     * @param timeMs milliseconds since 1970, by the producer's clock
     */
    record Since(long timeMs) implements Start {}

    /**
     * After a position that the reader has.
     *
     * @param position the last one it got, or that was announced to it
     */
    record After(Position position) implements Start {}

    /**
     * A node copies the whole log, over the streams of all incarnations that it has (rule P18).
     *
     * @param after the newest place of the copy; null if it has none
     * @param begin if the log does not have that place: whether the copy begins with the oldest message, or behind the newest
     * @param least the least place of the node's subscriptions that publishers wait for; null if they wait for none
     */
    record Copy(
            @Nullable Position after,
            boolean begin,
            @Nullable Position least) implements Start {}

    Start LATEST = new Latest();
    Start EARLIEST = new Earliest();
    Start BEGINNING = new Beginning();
}
