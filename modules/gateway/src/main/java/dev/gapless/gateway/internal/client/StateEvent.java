package dev.gapless.gateway.internal.client;

import dev.gapless.core.CursorToken;
import org.jspecify.annotations.Nullable;

/** What a client that gets a topic's state is told of it, one after the other. */
public sealed interface StateEvent {
    /** What stands between a start and an end: in between, what the client shows is no state. */
    enum Brackets {
        /** All rows, which take the place of those that the client has. */
        ALL,
        /** What differs from what the client has. */
        DIFFERENCES
    }

    /** Brackets begin. */
    record Start(Brackets brackets) implements StateEvent {}

    /**
     * A row.
     *
     * @param row null if its key was deleted
     * @param in the brackets that it stands in; null if it changed by itself
     * @param mostBytes of a larger one only that is told
     */
    record Row(String key, @Nullable Object row, @Nullable Brackets in, long mostBytes) implements StateEvent {}

    /**
     * Brackets end, and the client has a state.
     *
     * @param token a client that comes back with it is given all that was published up to there
     * @param stale is something missing that this state does not have?
     */
    record End(Brackets brackets, CursorToken token, boolean stale) implements StateEvent {}
}
