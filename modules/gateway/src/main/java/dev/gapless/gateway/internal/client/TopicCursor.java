package dev.gapless.gateway.internal.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.core.CursorToken;
import dev.gapless.gateway.internal.json.Bytes;
import dev.gapless.internal.subscribe.Filter;
import dev.gapless.internal.subscribe.MessageSubscription;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One topic of a client: its messages, or its state. It is read when there is room for a frame; a frame takes what is there then, so that a client
 * that keeps up gets single events, and one that lags gets batches. For the client's turns, but for {@link #lag} and {@link #lagged}.
 */
interface TopicCursor {
    /** A frame that is as large as it may be, or whatever ends one. */
    record Written(List<ByteBuffer> frame, int events, boolean lagged) {}

    /** What a {@code Resume} did. */
    enum Resumed {
        RESUMED,
        NOT_PAUSED,
        /** It answers what the client was told before it was told again, and changes nothing. */
        EARLIER,
        /** It answers nothing that the client was told. */
        OTHER
    }

    /** Each event has its token from now on, or has not. */
    void ids(boolean each);

    /** What the client calls the command that it was opened by. */
    void askedBy(@Nullable JsonNode commandId);

    @Nullable JsonNode askedBy();

    String topic();

    /** Is it the topic's state, and not its messages? */
    boolean isState();

    /** Why it ended by itself, or null. */
    MessageSubscription.@Nullable End end();

    /** What the client is told once it is ready, and read from then on; null until then, and afterwards. */
    @Nullable List<ByteBuffer> begin(Framing framing, Supplier<Bytes> frame);

    boolean hasBegun();

    /**
     * From its token on this filter says what is given; that stands in front of a gap that is under way. So what the other filter left out
     * of the gap is told yet, and where the client has been told of it, it is told all of it again.
     *
     * @param lag what becomes of the client from the next gap on; null as before
     * @param maxBytes larger messages are withheld; null as before
     */
    void change(Filter filter, @Nullable OnLag lag, @Nullable Long maxBytes);

    /** Behind what was written; null if it is not open. */
    @Nullable CursorToken token();

    /** The same, which the client is given. */
    @Nullable CursorToken tell();

    /** The same, if it leads further than what the client was given last: a filter may have passed over much. Null if not. */
    @Nullable CursorToken progress();

    /** Is there something to read now? */
    boolean hasMore();

    /** After how many nanoseconds to look again, if something waits for its time. */
    OptionalLong waitNs();

    /**
     * Makes a frame of what is there; null if there is nothing, or no room for it.
     *
     * @param isSlow does its client take long over a frame?
     */
    @Nullable Written write(Framing framing, Bytes to, boolean isSlow);

    /** What was made last is written. {@return whether the client is to end, since the ring overtook it} */
    boolean written();

    /**
     * The client has reloaded.
     *
     * @param answered the token of the {@code cursor_expired} after which it did; null is the last one
     */
    Resumed resume(@Nullable String answered);

    void close();

    /** By how many messages it is behind. Any thread. */
    long lag();

    /** How many messages its client was told that it missed. Any thread. */
    long lagged();
}
