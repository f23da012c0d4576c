package dev.gapless.core.named;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How a named subscription does with its store. Times are in milliseconds since 1970.
 *
 * @param storedMs when its last token was stored; empty if none was
 * @param failingSinceMs since when the store fails; empty if it works
 * @param problem why it fails, for people; null if it works
 */
public record KeptTokenStatus(
        OptionalLong storedMs,
        OptionalLong failingSinceMs,
        @Nullable String problem) {
    public KeptTokenStatus {
        assert failingSinceMs.isPresent() == (problem != null) : failingSinceMs + " " + problem;
    }

    static final KeptTokenStatus NOTHING_YET = new KeptTokenStatus(OptionalLong.empty(), OptionalLong.empty(), null);

    /** It does not work. */
    KeptTokenStatus failing(String why, long nowMs) {
        return new KeptTokenStatus(storedMs, failingSinceMs.isPresent() ? failingSinceMs : OptionalLong.of(nowMs), why);
    }

    /** It was opened. */
    KeptTokenStatus opened() {
        return new KeptTokenStatus(storedMs, OptionalLong.empty(), null);
    }

    /** A token was stored. */
    KeptTokenStatus stored(long nowMs) {
        return new KeptTokenStatus(OptionalLong.of(nowMs), OptionalLong.empty(), null);
    }
}
