package dev.gapless.gateway.internal.client;

import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What becomes of a client that the ring overtook, after {@code cursor_expired}. */
public enum OnLag {
    /** It goes on. */
    RESYNC,
    /** Nothing more comes until it says {@code Resume}. */
    PAUSE,
    /** Its connection ends. */
    CLOSE;

    /** Reads what a client says; {@link #RESYNC} for null. Throws {@link RequestException}. */
    public static OnLag parse(@Nullable String text) {
        if (text == null) {
            return RESYNC;
        }
        for (OnLag one : values()) {
            if (one.name().toLowerCase(Locale.ROOT).equals(text)) {
                return one;
            }
        }
        throw new RequestException(Kind.BAD_MESSAGE, "on_lag is resync, pause or close, not '" + text + "'");
    }
}
