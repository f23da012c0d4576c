package dev.gapless;

import dev.gapless.core.CursorToken;
import org.jspecify.annotations.Nullable;

/**
 * The last event of a subscription, always.
 *
 * <pre>{@code
 * public void onEnded(Ended<Price> ended) {
 *     if (ended.reason() == Ended.Reason.FAILED) {
 *         alarm(ended.cause());
 *         resumeLater(ended.token()); // not at once: the message that failed comes first
 *     }
 * }
 * }</pre>
 *
 * @param topic the name of the topic
 * @param reason why it ended
 * @param cause what went wrong, if something did
 * @param token resumes where it ended
 * @param <T> the type of the topic's messages
 */
public record Ended<T>(
        String topic, Reason reason, @Nullable Throwable cause, CursorToken token) implements Event<T> {

    /** Why a subscription ended. */
    public enum Reason {
        /** It was cancelled. */
        CANCELLED,
        /** The node shuts down, or the other members have removed it from the cluster. */
        SHUTDOWN,
        /** The handler failed or chose to stop, or a message could not be decoded. */
        FAILED,
        /** Another subscription has opened its name, here or on another node ({@link SubscriptionSettings#named}). It stores no token any more. */
        TAKEN_OVER
    }
}
