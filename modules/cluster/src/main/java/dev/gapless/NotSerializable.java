package dev.gapless;

import org.jspecify.annotations.Nullable;

/**
 * Pekko has no serializer for a message, or the serializer failed, or what it wrote does not come back as it was ({@code gapless.roundtrip}).
 * Nothing was published.
 */
public final class NotSerializable extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * Made by Gapless.
     *
     * @param message what to do
     * @param cause what went wrong, or null
     */
    public NotSerializable(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
