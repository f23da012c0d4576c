package dev.gapless.internal.subscribe;

import dev.gapless.Ended;
import dev.gapless.Event;
import dev.gapless.OnFailure;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** Who is given a subscription's events, in order. Called by the subscription's actor alone; throws nothing. */
public interface Recipient<T> {
    /** Takes notice of what became of events. Thread-safe; what is said of an event a second time is ignored. */
    interface Receipts {
        void settled(long number, Outcome outcome);
    }

    /** How many events it may hold that it has not dealt with. Of an expiry there is never more than that one. */
    int window();

    /**
     * Gives it an event.
     *
     * @param number tells it from others, to {@code receipts}
     * @return what became of it, or null if the receipts will be told
     */
    @Nullable Outcome give(Event<T> event, long number, Receipts receipts);

    /** The event, no expiry, was not handled. May the subscription go on? */
    OnFailure failed(Event<T> event, Throwable cause);

    /** Nothing more will come. */
    void ended(Ended<T> ended);

    /** Does it only take notice of an expiry, and reload by itself, at its own pace? Then messages go on at once. */
    default boolean reloadsByItself() {
        return false;
    }

    /** The actor that the subscription ends with, or null if there is none. */
    @Nullable ActorRef<?> owner();
}
