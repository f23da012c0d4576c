package dev.gapless.internal.table;

import dev.gapless.Ended;
import dev.gapless.Event;
import dev.gapless.internal.subscribe.Outcome;
import org.jspecify.annotations.Nullable;

/** Passes what a subscription reads on to a table, and waits where the table reads its source first. */
final class PausedRecipient<T> extends OneAtATime<T> {
    /** What it passes them on to. */
    interface Reader<T> {
        /** {@return whether it is done with it; else the receipts are told once the source was read} */
        boolean take(Event<T> event, long number, Receipts receipts);

        void onEnded(Ended<T> ended);
    }

    private final Reader<T> table;

    PausedRecipient(Reader<T> table) {
        this.table = table;
    }

    @Override
    public @Nullable Outcome give(Event<T> event, long number, Receipts receipts) {
        return table.take(event, number, receipts) ? Outcome.DONE : null;
    }

    @Override
    public void ended(Ended<T> ended) {
        table.onEnded(ended);
    }
}
