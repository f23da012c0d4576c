package dev.gapless;

import dev.gapless.internal.fence.Fence;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.jspecify.annotations.Nullable;

/**
 * An event for an actor, and the way to say that it is dealt with. From the oldest that is unconfirmed on, at most so many are sent as
 * the window of the subscription allows ({@link SubscriptionSettings#withWindow}): an actor that confirms nothing is sent
 * nothing more, and harms nobody but itself. Confirming is thread-safe, in any order; repeating it is harmless.
 *
 * <pre>{@code
 * private Behavior<Command> onPrice(PriceEvent wrapped) {
 *     Unconfirmed<Price> unconfirmed = wrapped.unconfirmed();
 *     if (unconfirmed.event() instanceof Delivery<Price> delivery) {
 *         prices.put(delivery.key(), delivery.message());
 *         unconfirmed.confirm();
 *     } else if (unconfirmed.event() instanceof CursorExpired<Price>) {
 *         unconfirmed.confirmWith(reload()); // nothing comes before that stage has completed
 *     } else {
 *         unconfirmed.confirm();
 *     }
 *     return this;
 * }
 * }</pre>
 *
 * @param <T> the type of the topic's messages
 */
public final class Unconfirmed<T> implements NoSerializationVerificationNeeded {
    private final Event<T> event;
    private final Answers answers;

    /** Whom the answer goes to. */
    public interface Answers {
        /**
         * It was dealt with, or not.
         *
         * @param reload what a reload says, or null
         * @param failure why not, or null
         */
        void settled(@Nullable Reload reload, @Nullable Throwable failure);
    }

    /**
     * Made by Gapless, and by tests of actors.
     *
     * @param event what happened
     * @param answers whom the answer goes to
     */
    public Unconfirmed(Event<T> event, Answers answers) {
        this.event = Objects.requireNonNull(event, "event must not be null");
        this.answers = Objects.requireNonNull(answers, "answers must not be null");
    }

    /**
     * What happened. A {@link CursorExpired} comes once everything before it is confirmed, and nothing comes behind it before it is
     * confirmed, which says that the state was reloaded. {@link Ended} needs no answer.
     *
     * @return the event
     */
    public Event<T> event() {
        return event;
    }

    /** It was dealt with. */
    public void confirm() {
        answers.settled(null, null);
    }

    /**
     * A reload has succeeded, and says how far.
     *
     * @param reload {@link Reload#done} or {@link Reload#upTo}
     */
    public void confirm(Reload reload) {
        answers.settled(Objects.requireNonNull(reload, "reload must not be null"), null);
    }

    /**
     * It is dealt with once the stage completes, and {@link #fail}s with it.
     *
     * @param reload under way
     */
    public void confirmWith(CompletionStage<Reload> reload) {
        Objects.requireNonNull(reload, "reload must not be null");
        Fence.whenComplete(reload, "What an actor confirms with", (value, failure) -> {
            if (failure != null || value == null) {
                answers.settled(null, failure);
            } else if (value instanceof Reload done) {
                answers.settled(done, null);
            } else {
                answers.settled(
                        null,
                        new ClassCastException("An actor confirms with a Reload, and not with "
                                + value.getClass().getName()));
            }
        });
    }

    /**
     * It could not be dealt with: a {@link CursorExpired} comes again, after a while; any other ends the subscription.
     *
     * @param cause why
     */
    public void fail(Throwable cause) {
        answers.settled(null, Objects.requireNonNull(cause, "cause must not be null"));
    }

    @Override
    public String toString() {
        return "Unconfirmed[" + event + "]";
    }
}
