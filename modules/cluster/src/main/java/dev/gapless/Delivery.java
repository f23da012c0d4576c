package dev.gapless;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import dev.gapless.core.TraceContext;
import java.time.Instant;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A message.
 *
 * <pre>{@code
 * if (delivery.isDeleted()) {
 *     prices.remove(delivery.key());
 * } else {
 *     prices.put(delivery.key(), delivery.message());
 * }
 * }</pre>
 *
 * <p>Immutable, as far as the message is. It has parts that {@link #position}, {@link #time} and {@link #token} put together when they are
 * asked for: a subscription makes one of these for each message.
 *
 * @param <T> the type of the topic's messages
 */
public final class Delivery<T> implements Event<T> {
    private final String topic;
    private final String node;
    private final Epoch epoch;
    private final long sequence;
    private final long timeMs;
    private final @Nullable String key;
    private final Map<String, String> headers;
    private final @Nullable T message;
    private final IntFunction<CursorToken> tokens;
    private final int number;
    private final @Nullable String id;
    private final @Nullable TraceContext trace;

    /**
     * For tests of handlers.
     *
     * @param topic the name of the topic
     * @param node the name of the producing node
     * @param position where it stands in that producer's stream
     * @param time when it was published, to the millisecond
     * @param key what it is about, or null
     * @param headers the publisher's own, possibly empty
     * @param message the message, or null if it says that its key was deleted
     * @param tokenSource makes {@link #token}
     */
    public Delivery(
            String topic,
            String node,
            Position position,
            Instant time,
            @Nullable String key,
            Map<String, String> headers,
            @Nullable T message,
            Supplier<CursorToken> tokenSource) {
        this(
                topic,
                node,
                position.epoch(),
                position.sequence(),
                time.toEpochMilli(),
                key,
                headers,
                message,
                behind -> tokenSource.get(),
                0,
                null,
                null);
    }

    /**
     * For subscriptions.
     *
     * @param topic the name of the topic
     * @param node the name of the producing node
     * @param epoch of its position
     * @param sequence of its position
     * @param timeMs when it was published, in milliseconds since 1970
     * @param key what it is about, or null
     * @param headers the publisher's own, possibly empty
     * @param message the message, or null if it says that its key was deleted
     * @param tokens makes the token behind the message of a number
     * @param number that of this message
     * @param id its publisher's own, or null
     * @param trace in which it was published, or null
     */
    public Delivery(
            String topic,
            String node,
            Epoch epoch,
            long sequence,
            long timeMs,
            @Nullable String key,
            Map<String, String> headers,
            @Nullable T message,
            IntFunction<CursorToken> tokens,
            int number,
            @Nullable String id,
            @Nullable TraceContext trace) {
        this.topic = topic;
        this.node = node;
        this.epoch = epoch;
        this.sequence = sequence;
        this.timeMs = timeMs;
        this.key = key;
        this.headers = headers;
        this.message = message;
        this.tokens = tokens;
        this.number = number;
        this.id = id;
        this.trace = trace;
    }

    @Override
    public String topic() {
        return topic;
    }

    /** {@return the name of the producing node} */
    public String node() {
        return node;
    }

    /** {@return where it stands in that producer's stream} */
    public Position position() {
        return new Position(epoch, sequence);
    }

    /** {@return when it was published, by the producer's clock, to the millisecond} It never decreases within an epoch. */
    public Instant time() {
        return Instant.ofEpochMilli(timeMs);
    }

    /** {@return what it is about, or null} */
    public @Nullable String key() {
        return key;
    }

    /** {@return the publisher's own headers, possibly empty} */
    public Map<String, String> headers() {
        return headers;
    }

    /**
     * {@return the id that its publisher gave it ({@link Publication#withId}), or null} A ring holds one message with an id; a repeat at
     * another node, or one behind the end of the ring, is another message with the same id. That of a gateway's client is its subject's name,
     * a slash, and the client's own.
     */
    public @Nullable String id() {
        return id;
    }

    /**
     * {@return the trace in which it was published, or null if it was in none} Handlers run in it where OpenTelemetry's API is on the class
     * path. Who pulls messages, such as a stream, takes it from here.
     */
    public @Nullable TraceContext trace() {
        return trace;
    }

    /** {@return the message, or null if it says that its key was deleted} */
    public @Nullable T message() {
        return message;
    }

    /** {@return whether it says that its key was deleted} Then there is no message. */
    public boolean isDeleted() {
        return message == null;
    }

    @Override
    public CursorToken token() {
        return tokens.apply(number);
    }

    @Override
    public String toString() {
        return "Delivery[topic=" + topic + ", node=" + node + ", position=" + position() + ", time=" + time() + ", key="
                + key + ", headers=" + headers + ", message=" + message + "]";
    }
}
