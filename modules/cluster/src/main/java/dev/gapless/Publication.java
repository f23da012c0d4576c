package dev.gapless;

import dev.gapless.core.Limits;
import dev.gapless.core.TraceContext;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A message to publish, with its key and headers. Immutable.
 *
 * <pre>{@code
 * producer.publish(Publication.of(quote).withKey("EURUSD").withHeader("source", "desk 7"));
 * producer.publish(Publication.tombstone("EURUSD"));
 * producer.publish(Publication.of(quote).withId("order-17"));   // again and again: one message
 * }</pre>
 *
 * @param message the message, or null to say that the key was deleted
 * @param key what it is about, up to 4,096 characters, or null
 * @param headers the publisher's own, up to 64, each name and value up to 4,096 characters; a message counts with all of it
 *     for {@code gapless.max-message-bytes}
 * @param id by which a publish that comes again is recognised ({@link #withId}), up to 1,024 characters, or null
 * @param trace in which it is published; null for that of the thread that publishes it ({@link #withTrace})
 * @param <T> the type of the message
 */
public record Publication<T>(
        @Nullable T message,
        @Nullable String key,
        Map<String, String> headers,
        @Nullable String id,
        @Nullable TraceContext trace) {

    /**
     * Throws IllegalArgumentException if there is neither message nor key, or something is too long or no Unicode text.
     *
     * @param message the message, or null
     * @param key what it is about, or null
     * @param headers copied
     * @param id by which it is recognised, or null
     * @param trace in which it is published, or null
     */
    public Publication {
        if (message == null && key == null) {
            throw new IllegalArgumentException("A publication without a message needs the key that was deleted");
        }
        if (key != null) {
            check("key", key, Limits.MAX_KEY);
        }
        Objects.requireNonNull(headers, "headers must not be null");
        if (headers.size() > Limits.MAX_HEADERS) {
            throw new IllegalArgumentException(
                    "A message has at most " + Limits.MAX_HEADERS + " headers, this has " + headers.size());
        }
        headers.forEach((name, value) -> {
            check("header's name", name, Limits.MAX_HEADER);
            check("header's value (" + name + ")", value, Limits.MAX_HEADER);
        });
        if (id != null) {
            check("id", id, Limits.MAX_ID);
            if (id.isEmpty()) {
                throw new IllegalArgumentException("An id has 1 to " + Limits.MAX_ID + " characters, this is empty");
            }
        }
        headers = headers.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    /**
     * In the trace of the thread that publishes it.
     *
     * @param message the message, or null
     * @param key what it is about, or null
     * @param headers copied
     * @param id by which it is recognised, or null
     */
    public Publication(@Nullable T message, @Nullable String key, Map<String, String> headers, @Nullable String id) {
        this(message, key, headers, id, null);
    }

    /**
     * {@return a message without key and headers}
     *
     * @param message not null
     * @param <T> the type of the message
     */
    public static <T> Publication<T> of(T message) {
        return new Publication<>(Objects.requireNonNull(message, "message must not be null"), null, Map.of(), null);
    }

    /**
     * {@return what says that this key was deleted, without a message} Subscribers get a {@link Delivery#isDeleted}.
     *
     * @param key up to 4,096 characters
     * @param <T> the type of the topic's messages
     */
    public static <T> Publication<T> tombstone(String key) {
        return new Publication<>(null, Objects.requireNonNull(key, "key must not be null"), Map.of(), null);
    }

    /**
     * {@return the same with this key}
     *
     * @param about up to 4,096 characters
     */
    public Publication<T> withKey(String about) {
        return new Publication<>(message, Objects.requireNonNull(about, "key must not be null"), headers, id, trace);
    }

    /**
     * {@return the same with one more header; an earlier one of that name is replaced}
     *
     * @param name up to 4,096 characters
     * @param value up to 4,096 characters
     */
    public Publication<T> withHeader(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Publication<>(message, key, more, id, trace);
    }

    /**
     * {@return the same with these headers, and no others}
     *
     * @param all up to 64
     */
    public Publication<T> withHeaders(Map<String, String> all) {
        return new Publication<>(message, key, all, id, trace);
    }

    /**
     * {@return the same with this id} Publish it again with the same id, for instance after {@link PublishUnknown}: as long as this node's ring
     * of the topic holds the message, there is no second one, and the stage completes with the position of the first. While the first waits or
     * is being stored, the repeat waits behind it. A durable topic knows its ids after a restart, too. If key, headers or
     * content differ, the stage fails with {@link IdReused}. Readers get it ({@link Delivery#id}): another node has a ring of its own, and a
     * repeat there is another message.
     *
     * @param its 1 to 1,024 characters. A client of a gateway has its subject's name and a slash in front of its own
     */
    public Publication<T> withId(String its) {
        return new Publication<>(message, key, headers, Objects.requireNonNull(its, "id must not be null"), trace);
    }

    /**
     * {@return the same in this trace} Only for a publisher that is not in its trace itself, such as one that passes on what others sent: without
     * it a message is in the span of the thread that publishes it, if OpenTelemetry's API is on the class path and there is one.
     *
     * @param its where it belongs
     */
    public Publication<T> withTrace(TraceContext its) {
        return new Publication<>(message, key, headers, id, Objects.requireNonNull(its, "trace must not be null"));
    }

    private static void check(String what, String text, int most) {
        Objects.requireNonNull(text, () -> what + " must not be null");
        if (text.length() > most) {
            throw new IllegalArgumentException(
                    "A " + what + " has at most " + most + " characters, this has " + text.length());
        }
        // Half of a surrogate pair becomes a question mark on the wire: readers elsewhere would get another text.
        if (text.chars().anyMatch(c -> Character.isSurrogate((char) c))
                && !StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException("A " + what + " is Unicode text, and this has half of a surrogate pair");
        }
    }
}
