package dev.gapless.gateway.internal.client;

import dev.gapless.core.CursorToken;
import dev.gapless.gateway.internal.json.Bytes;
import java.nio.ByteBuffer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How events become bytes: {@link #begin}, for each event {@link #before}, its JSON and {@link #after}, and then {@link #end}. One frame at
 * a time.
 */
public interface Framing {
    /** A frame of this topic begins. */
    void begin(Bytes frame, String topic);

    /** An event comes, after so many. */
    void before(Bytes frame, int events);

    /** The event is there; the token resumes behind it. Throws {@link dev.gapless.gateway.internal.json.Refusal} if that cannot be told. */
    void after(Bytes frame, Supplier<CursorToken> token);

    /** The frame of so many events ends; the token resumes behind them. {@return what is to be sent} */
    ByteBuffer end(Bytes frame, int events, Supplier<CursorToken> token);

    /** What says that the subscription has begun there; null if the protocol has nothing for that. */
    @Nullable ByteBuffer begun(Bytes frame, CursorToken token);

    /** What keeps an idle connection alive; null if the protocol pings. */
    @Nullable ByteBuffer idle(Bytes frame);

    /** Does it carry one topic, and end with it; and take no command? */
    boolean isStream();
}
