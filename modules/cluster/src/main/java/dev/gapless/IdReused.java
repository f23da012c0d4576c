package dev.gapless;

import org.jspecify.annotations.Nullable;

/**
 * Nothing was published: this node's ring of the topic has a message with the id ({@link Publication#withId}), and it says something else. Give
 * each message an id of its own, and publish it again with the same key, headers and content.
 */
public final class IdReused extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * Made by Gapless.
     *
     * @param message what to do
     * @param cause what went wrong, or null
     */
    public IdReused(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
