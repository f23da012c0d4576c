package dev.gapless;

import dev.gapless.core.CursorToken;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@link CursorExpired}: the state was reloaded.
 *
 * <pre>{@code
 * return Reload.done();                 // messages are idempotent
 * return Reload.upTo(snapshot.token()); // the snapshot says how far it goes: nothing comes twice
 * }</pre>
 *
 * @param upTo what the source of truth is known to reflect, or null if that is not known
 */
public record Reload(@Nullable CursorToken upTo) {

    /**
     * It was reloaded. Messages that were published before the source was read may come again, on top of it: they have to
     * be idempotent.
     *
     * @return that answer
     */
    public static Reload done() {
        return new Reload(null);
    }

    /**
     * It was reloaded from a source that reflects everything up to these positions, which is then not delivered again. Of a position
     * that its producer does not have the subscriber is told once ({@link dev.gapless.core.Reason#POSITION_UNKNOWN}); it goes on behind the
     * producer's last message, whatever the next reload says.
     *
     * @param token of this topic, as a subscriber stored it
     * @return that answer
     */
    public static Reload upTo(CursorToken token) {
        return new Reload(Objects.requireNonNull(token, "token must not be null"));
    }
}
