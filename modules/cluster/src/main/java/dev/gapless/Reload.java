package dev.gapless;

import dev.gapless.core.CursorToken;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@link CursorExpired}: the state was reloaded.
 *
 * @param upTo what the source of truth is known to reflect, or null if that is not known
 */
public record Reload(@Nullable CursorToken upTo) {

    /**
     * It was reloaded. Messages that were published before the source was read may come again, on top of it: they have to
     * be idempotent.
     */
    public static Reload done() {
        return new Reload(null);
    }

    /** It was reloaded from a source that reflects everything up to these positions, which is then not delivered again. */
    public static Reload upTo(CursorToken token) {
        return new Reload(token);
    }
}
