package dev.gapless.internal.table;

import dev.gapless.Ended;
import dev.gapless.Event;
import dev.gapless.OnFailure;
import dev.gapless.internal.subscribe.Outcome;
import dev.gapless.internal.subscribe.Recipient;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** Is done with each event at once, also with an expiry: it reloads by itself, if at all, and messages go on meanwhile. */
abstract class AtOnce<T> implements Recipient<T> {
    /** It has come. Throws nothing. */
    abstract void take(Event<T> event);

    @Override
    public final int window() {
        return 1;
    }

    @Override
    public final Outcome give(Event<T> event, long number, Receipts receipts) {
        take(event);
        return Outcome.DONE;
    }

    @Override
    public final OnFailure failed(Event<T> event, Throwable cause) {
        return OnFailure.STOP; // no event ever has
    }

    @Override
    public void ended(Ended<T> ended) {}

    @Override
    public final @Nullable ActorRef<?> owner() {
        return null;
    }

    @Override
    public final boolean reloadsByItself() {
        return true;
    }
}
