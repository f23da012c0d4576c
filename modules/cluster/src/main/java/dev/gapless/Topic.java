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
 * @param sharedMessages whether several subscriptions of a node may be given the same object: {@link #withSharedMessages}
 * @param <T> the type of its messages
 */
public record Topic<T>(String name, Class<T> type, boolean sharedMessages) {

    /**
     * Throws IllegalArgumentException if the name is empty, blank or too long, or has line breaks, control characters or half of a
     * surrogate pair, or if messages of this class are not to be shared ({@link #withSharedMessages}), and NullPointerException for null.
     *
     * @param name 1 to 255 characters of one line, not blank
     * @param type the class of its messages, or one above them
     * @param sharedMessages whether several subscriptions of a node may be given the same object
     */
    public Topic {
        Limits.checkGivenName("topic's name", name);
        Objects.requireNonNull(type, "type must not be null");
        if (sharedMessages && MutableClasses.contain(type)) {
            throw new IllegalArgumentException("Topic " + name + ": messages of " + type.getName()
                    + " can be changed by whoever gets them. They are not shared between subscriptions");
        }
    }

    /**
     * Of messages that each subscription decodes for itself. Throws as {@link #Topic(String, Class, boolean)} does.
     *
     * @param name 1 to 255 characters of one line, not blank
     * @param type the class of its messages, or one above them
     */
    public Topic(String name, Class<T> type) {
        this(name, type, false);
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

    /**
     * The same topic, with messages that several subscriptions of this node may share: a message is decoded once, and all that read it at
     * about the same time get the same object. That saves time where a node has many subscriptions of the topic. Only for classes whose
     * objects never change, such as records of numbers and strings: what one subscriber did to a message, the others would see. How many
     * messages are kept for that is {@code gapless.shared-messages}.
     *
     * <p>Throws IllegalArgumentException for arrays, {@link Payload}, {@code java.nio.Buffer} and Jackson's {@code JsonNode}. Whether other
     * classes can be changed is not found out.
     *
     * @return the topic with shared messages
     */
    public Topic<T> withSharedMessages() {
        return new Topic<>(name, type, true);
    }

    /**
     * {@return whether several subscriptions of a node may be given this object}
     *
     * @param message a message of this topic
     */
    public boolean shares(T message) {
        return sharedMessages && !MutableClasses.contain(message.getClass());
    }
}
