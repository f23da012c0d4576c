package dev.gapless;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Position;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A message that cannot be deserialized here. (One of another class than the topic's is left out, counted and logged.)
 *
 * <pre>{@code
 * public OnFailure onUndecodable(Undecodable<Price> undecodable) {
 *     log.error("At {} of {}", undecodable.position(), undecodable.node(), undecodable.cause());
 *     return OnFailure.STOP;
 * }
 * }</pre>
 *
 * @param topic the name of the topic
 * @param node the name of the producing node
 * @param position where it stands
 * @param time when it was published
 * @param key what it is about, or null
 * @param payload its bytes
 * @param cause why
 * @param tokenSource makes {@link #token}
 * @param <T> the type of the topic's messages
 */
public record Undecodable<T>(
        String topic,
        String node,
        Position position,
        Instant time,
        @Nullable String key,
        Payload payload,
        Throwable cause,
        Supplier<CursorToken> tokenSource)
        implements Event<T> {

    @Override
    public CursorToken token() {
        return tokenSource.get();
    }
}
