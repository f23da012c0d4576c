package dev.gapless.internal.table;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.Event;
import dev.gapless.OnFailure;
import dev.gapless.Undecodable;
import dev.gapless.internal.subscribe.Outcome;
import dev.gapless.internal.subscribe.Recipient;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** Passes what a subscription reads on to a table. An expiry is done with at once: the table reloads by itself, and messages go on meanwhile. */
final class TableRecipient<T> implements Recipient<T> {
    /** What it passes them on to. */
    interface Reader<T> {
        void onMessage(Delivery<T> delivery);

        void onExpired(CursorExpired<T> expired);

        /** A message does not say what became of its key. */
        void onUnreadable(String where, @Nullable String key, Throwable failure);

        void onEnded(Ended<T> ended);
    }

    private final Reader<T> table;

    TableRecipient(Reader<T> table) {
        this.table = table;
    }

    @Override
    public int window() {
        return 1;
    }

    @Override
    public Outcome give(Event<T> event, long number, Receipts receipts) {
        if (event instanceof Delivery<T> delivery) {
            table.onMessage(delivery);
        } else if (event instanceof CursorExpired<T> expired) {
            table.onExpired(expired);
        } else if (event instanceof Undecodable<T> undecodable) {
            table.onUnreadable(
                    undecodable.node() + " " + undecodable.position(), undecodable.key(), undecodable.cause());
        }
        return Outcome.DONE;
    }

    @Override
    public OnFailure failed(Event<T> event, Throwable cause) {
        return OnFailure.STOP;
    }

    @Override
    public void ended(Ended<T> ended) {
        table.onEnded(ended);
    }

    @Override
    public @Nullable ActorRef<?> owner() {
        return null;
    }

    @Override
    public boolean reloadsByItself() {
        return true;
    }
}
