package dev.gapless.internal.subscribe;

import dev.gapless.Reload;
import org.jspecify.annotations.Nullable;

/**
 * What became of an event.
 *
 * @param reload what a reload says, for an expiry; null for other events, and for a reload that says nothing
 * @param failure why it was not handled, or null
 */
public record Outcome(@Nullable Reload reload, @Nullable Throwable failure) {
    public static final Outcome DONE = new Outcome(null, null);

    public static Outcome reloaded(@Nullable Reload reload) {
        return new Outcome(reload, null);
    }

    public static Outcome failed(Throwable failure) {
        return new Outcome(null, failure);
    }
}
