package dev.gapless;

import org.jspecify.annotations.Nullable;

/** A message is larger than the topic allows; the message says which setting limits it. Nothing was published. */
public final class MessageTooLarge extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * Made by Gapless.
     *
     * @param message what to do
     * @param cause what went wrong, or null
     */
    public MessageTooLarge(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
