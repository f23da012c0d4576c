package dev.gapless.gateway.internal.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Gap;
import dev.gapless.gateway.internal.json.Bytes;
import dev.gapless.internal.subscribe.MessageReader;
import dev.gapless.internal.subscribe.MessageSubscription;
import dev.gapless.internal.subscribe.Pulled;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a protocol says what a client is told. Events: {@link #begin}, each of them, {@link #end}. For one client's turns, one frame at a
 * time. Throws {@link dev.gapless.gateway.internal.json.RequestException} for what the protocol cannot tell.
 */
public interface Framing {
    /**
     * A frame with events of this topic begins.
     *
     * @param ids is each to have its token, where the protocol leaves that to the client?
     */
    void begin(Bytes frame, String topic, boolean ids);

    /**
     * Adds the message that the reader is at.
     *
     * @param events how many events there are in front of it
     * @param maxMessageBytes of a larger one only that is told
     * @param token resumes behind it
     */
    void message(Bytes frame, int events, MessageReader reader, long maxMessageBytes, Supplier<CursorToken> token);

    /**
     * Adds an event of a topic's state, as the next of a frame.
     *
     * @param events how many events there are in front of it
     * @param token a client that comes back with it is given all that was published up to there
     * @return false if it was not added, since the protocol says it in a frame of its own: this one ends, and has something
     */
    boolean state(Bytes frame, int events, StateEvent event, Supplier<CursorToken> token);

    /**
     * Adds that messages were missed, which has a frame for itself.
     *
     * @param timeMs when it became known, in milliseconds since 1970
     * @param inFront resumes in front of the gap
     * @param next is where the client resumes if it goes by the place that it has in the stream
     */
    void expired(Bytes frame, long timeMs, List<Gap> gaps, CursorToken inFront, Supplier<CursorToken> next);

    /** Adds that a producer left, which has a frame for itself; the token resumes behind it. */
    void left(Bytes frame, Pulled.Left left, Supplier<CursorToken> token);

    /** The frame of so many events ends; the token resumes behind them. {@return what is to be sent} */
    List<ByteBuffer> end(Bytes frame, int events, Supplier<CursorToken> token);

    /**
     * The subscription is there, without the members that are silent.
     *
     * @param places for a client that keeps positions alone
     * @return what is to be sent
     */
    List<ByteBuffer> subscribed(
            Bytes frame, String topic, CursorToken token, List<CursorToken.Entry> places, Set<String> silent);

    /**
     * It has ended by itself.
     *
     * @param token resumes behind what was written of it; null if it had not begun
     * @return what is to be sent
     */
    List<ByteBuffer> ended(Bytes frame, String topic, @Nullable CursorToken token, MessageSubscription.End how);

    /** Adds to a message that the stream ends which topic it was of, and the token behind what was written, as far as it has begun. */
    void addPlace(ObjectNode message);

    /** What has no form of its own, as JSON. {@return what is to be sent; null if the protocol says such things otherwise} */
    @Nullable List<ByteBuffer> object(Bytes frame, ObjectNode message);

    /**
     * What a stream says that has nothing to tell.
     *
     * @param progress resumes further on than what the client was given last; null if it has not moved
     * @return what is to be sent; null if there is nothing, and something else keeps the connection alive
     */
    @Nullable List<ByteBuffer> idle(Bytes frame, @Nullable CursorToken progress);

    /** Does it carry one topic, and end with it; and take no command? */
    boolean isStream();
}
