package dev.gapless;

import dev.gapless.core.CursorToken;
import java.util.concurrent.CompletionStage;

/**
 * One reader of a topic. Thread-safe. Stages complete on {@code gapless.completion-dispatcher}.
 *
 * <pre>{@code
 * subscription.pause();                       // nothing more is delivered
 * maintenance().whenComplete((done, failure) -> subscription.resume());
 * }</pre>
 */
public interface Subscription {

    /** {@return the name of the topic} */
    String topic();

    /**
     * Completes once the subscription has a position with every member that is present: what is published from then on is
     * delivered or announced. Waits for this node to join the cluster, and then at most {@code gapless.ready-timeout} for
     * members that do not answer. Of a named one the first token is stored by then, however long that takes. Fails if the subscription ends
     * before.
     *
     * @return the stage, with the members that have not answered
     */
    CompletionStage<Ready> ready();

    /** {@return what resumes behind the last event that was handled} For an actor, in front of the oldest that it has not confirmed. */
    CursorToken token();

    /**
     * Delivers nothing more, until {@link #resume}. What is being handled is finished, and a reload that is under way, too. The feed
     * goes on: a pause that outlasts it ends with a {@link CursorExpired}. With backpressure publishers wait meanwhile, until
     * they give the subscription up. Repeating it is harmless, in every state.
     */
    void pause();

    /** Goes on where it was paused. Harmless if it was not. */
    void resume();

    /** {@return whether it was paused, and not resumed} */
    boolean isPaused();

    /** {@return how far it is behind; {@link Lag#NONE} before it is open, and when it has ended} */
    Lag lag();

    /**
     * Ends it, also while it is paused or reloads: the handler gets {@link Ended}, and nothing after that. Repeating it is harmless. A handler
     * may cancel its own subscription, and cannot wait for that: it ends once the handler has returned. {@code join} and {@code get} of the
     * stage's future say so there, with IllegalStateException.
     *
     * @return {@link #whenEnded}
     */
    CompletionStage<Ended.Reason> cancel();

    /**
     * {@return a stage that completes when it has ended, for whatever reason} Of a named one once its last token is stored, or could not be for
     * {@code gapless.store-timeout}.
     */
    CompletionStage<Ended.Reason> whenEnded();
}
