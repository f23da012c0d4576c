package dev.gapless;

import dev.gapless.core.Limits;
import java.util.Objects;

/**
 * A named stream of messages of one type. Two topics with the same name are the same stream.
 *
 * <p>Messages are serialized by what Pekko binds to their class, and only classes that it binds are ever deserialized. With
 * the type {@link Payload} messages pass as they are, without any class of the application.
 *
 * <p>A topic has one class on all nodes. On one node another class is refused; a subscription leaves out messages of another class than
 * its own, counts them ({@code gapless_wrong_class_messages_total}) and logs their publisher.
 *
 * <pre>{@code
 * Topic<Price> prices = Topic.of("prices", Price.class);
 * }</pre>
 *
 * @param name 1 to 255 characters of one line, not blank
 * @param type the class of its messages, or one above them
 * @param <T> the type of its messages
 */
public record Topic<T>(String name, Class<T> type) {

    /**
     * Throws IllegalArgumentException if the name is empty, blank or too long, or has line breaks, control characters or half of a
     * surrogate pair, and NullPointerException for null.
     *
     * @param name 1 to 255 characters of one line, not blank
     * @param type the class of its messages, or one above them
     */
    public Topic {
        Limits.checkGivenName("topic's name", name);
        Objects.requireNonNull(type, "type must not be null");
    }

    /**
     * {@return the topic of this name}
     *
     * @param name 1 to 255 characters of one line, not blank
     * @param type the class of its messages, or one above them
     * @param <T> the type of its messages
     */
    public static <T> Topic<T> of(String name, Class<T> type) {
        return new Topic<>(name, type);
    }
}
