package dev.gapless.testkit.internal;

import dev.gapless.CursorExpired;
import dev.gapless.Ended;
import dev.gapless.Event;
import dev.gapless.OnFailure;
import dev.gapless.internal.subscribe.Outcome;
import dev.gapless.internal.subscribe.Recipient;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** A recipient of the application, under observation. */
final class ObservedRecipient<T> implements Recipient<T> {
    private final Recipient<T> recipient;
    private final ReadObserver<T> observer;
    private final Runnable answered;

    /**
     * Observes.
     *
     * @param answered there is an answer from elsewhere; any thread
     */
    ObservedRecipient(Recipient<T> recipient, ReadObserver<T> observer, Runnable answered) {
        this.recipient = recipient;
        this.observer = observer;
        this.answered = answered;
    }

    @Override
    public int window() {
        return recipient.window();
    }

    @Override
    public @Nullable Outcome give(Event<T> event, long number, Receipts receipts) {
        if (event instanceof CursorExpired<T> expired && expired.gaps().isEmpty()) {
            return load(event, number, receipts);
        }
        AtomicBoolean settled = new AtomicBoolean();
        Throwable failure = event instanceof CursorExpired<T> expired ? observer.failureOf(expired) : null;
        observer.given(event);
        Outcome outcome = recipient.give(event, number, (of, said) -> {
            if (settled.compareAndSet(false, true)) {
                receipts.settled(of, observed(event, said, failure));
                answered.run();
            }
        });
        if (event instanceof CursorExpired<T> expired) {
            observer.reloading(expired);
        }
        if (outcome == null) {
            return null;
        }
        Outcome said = observed(event, outcome, failure);
        observer.followed();
        return said;
    }

    /** A first load is no event that a test expects: nothing happened yet. */
    private @Nullable Outcome load(Event<T> event, long number, Receipts receipts) {
        return recipient.give(event, number, (of, said) -> {
            receipts.settled(of, said);
            answered.run();
        });
    }

    private Outcome observed(Event<T> event, Outcome said, @Nullable Throwable failure) {
        Outcome outcome = failure == null ? said : Outcome.failed(failure);
        observer.settled(event, outcome.failure());
        return outcome;
    }

    @Override
    public OnFailure failed(Event<T> event, Throwable cause) {
        return recipient.failed(event, cause);
    }

    @Override
    public void ended(Ended<T> ended) {
        observer.given(ended);
        recipient.ended(ended);
    }

    @Override
    public boolean reloadsByItself() {
        return recipient.reloadsByItself();
    }

    @Override
    public @Nullable ActorRef<?> owner() {
        return recipient.owner();
    }
}
