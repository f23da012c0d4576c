package dev.gapless.internal.table;

import dev.gapless.Ended;
import dev.gapless.Event;
import dev.gapless.internal.subscribe.Outcome;

/** Is done with each event at once, also with an expiry: it reloads by itself, if at all, and messages go on meanwhile. */
abstract class AtOnce<T> extends OneAtATime<T> {
    /** It has come. Throws nothing. */
    abstract void take(Event<T> event);

    @Override
    public final Outcome give(Event<T> event, long number, Receipts receipts) {
        take(event);
        return Outcome.DONE;
    }

    @Override
    public void ended(Ended<T> ended) {}

    @Override
    public final boolean reloadsByItself() {
        return true;
    }
}
