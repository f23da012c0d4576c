package dev.gapless.testkit.internal;

import dev.gapless.CursorExpired;
import dev.gapless.Event;
import org.jspecify.annotations.Nullable;

/** Who looks on while a subscription is read. Thread-safe. */
public interface ReadObserver<T> {
    /** The recipient is given this now. */
    void given(Event<T> event);

    /** What is to be said of this reload, whatever the recipient says; null to leave it to that. */
    @Nullable Throwable failureOf(CursorExpired<T> expired);

    /** The recipient has begun to reload: the time to give orders. */
    void reloading(CursorExpired<T> expired);

    /** The recipient has dealt with it, or could not. */
    void settled(Event<T> event, @Nullable Throwable failure);

    /** All that follows from an answer of the recipient has happened. Once for each event but the last. */
    void followed();

    /** {@return one that does not look} */
    static <T> ReadObserver<T> blind() {
        return new ReadObserver<>() {
            @Override
            public void given(Event<T> event) {}

            @Override
            public @Nullable Throwable failureOf(CursorExpired<T> expired) {
                return null;
            }

            @Override
            public void reloading(CursorExpired<T> expired) {}

            @Override
            public void settled(Event<T> event, @Nullable Throwable failure) {}

            @Override
            public void followed() {}
        };
    }
}
