package dev.gapless.internal.table;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.Event;
import dev.gapless.Undecodable;
import dev.gapless.core.Position;
import org.jspecify.annotations.Nullable;

/** Passes what a subscription reads on to a table. */
final class TableRecipient<T> extends AtOnce<T> {
    /** What it passes them on to. */
    interface Reader<T> {
        void onMessage(Delivery<T> delivery);

        void onExpired(CursorExpired<T> expired);

        /** A message does not say what became of its key. */
        void onUnreadable(String node, Position position, @Nullable String key, Throwable failure);

        void onEnded(Ended<T> ended);
    }

    private final Reader<T> table;

    TableRecipient(Reader<T> table) {
        this.table = table;
    }

    @Override
    void take(Event<T> event) {
        if (event instanceof Delivery<T> delivery) {
            table.onMessage(delivery);
        } else if (event instanceof CursorExpired<T> expired) {
            table.onExpired(expired);
        } else if (event instanceof Undecodable<T> undecodable) {
            table.onUnreadable(undecodable.node(), undecodable.position(), undecodable.key(), undecodable.cause());
        }
    }

    @Override
    public void ended(Ended<T> ended) {
        table.onEnded(ended);
    }
}
