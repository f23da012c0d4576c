package dev.gapless;

import dev.gapless.core.CursorToken;
import java.util.concurrent.CompletionStage;

/** One reader of a topic. Thread-safe. Stages complete on {@code gapless.completion-dispatcher}. */
public interface Subscription {

    /** The name of the topic. */
    String topic();

    /**
     * Completes once the subscription has a position with every member that is present: what is published from then on is
     * delivered or announced. Waits for this node to join the cluster, and then at most {@code gapless.ready-timeout} for
     * members that do not answer. Fails if the subscription ends before.
     */
    CompletionStage<Ready> ready();

    /** Resumes behind the last event that was handled. */
    CursorToken token();

    /** Ends it: the handler gets {@link Ended}, and nothing after that. Repeating it is harmless. */
    CompletionStage<Ended.Reason> cancel();

    /** Completes when it has ended, for whatever reason. */
    CompletionStage<Ended.Reason> whenEnded();
}
