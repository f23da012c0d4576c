package dev.gapless;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Position;
import java.time.Instant;
import java.util.Map;
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
 * @param topic the name of the topic
 * @param node the name of the producing node
 * @param position where it stands in that producer's stream
 * @param time when it was published, by the producer's clock; never decreases within an epoch
 * @param key what it is about, or null
 * @param headers the publisher's own, possibly empty
 * @param message the message, or null if it says that its key was deleted
 * @param tokenSource makes {@link #token}
 * @param <T> the type of the topic's messages
 */
public record Delivery<T>(
        String topic,
        String node,
        Position position,
        Instant time,
        @Nullable String key,
        Map<String, String> headers,
        @Nullable T message,
        Supplier<CursorToken> tokenSource)
        implements Event<T> {

    /** {@return whether it says that its key was deleted} Then there is no message. */
    public boolean isDeleted() {
        return message == null;
    }

    @Override
    public CursorToken token() {
        return tokenSource.get();
    }
}
