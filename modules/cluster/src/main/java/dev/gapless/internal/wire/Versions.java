package dev.gapless.internal.wire;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The version of a deletion, which has no message that could say it: a header does. */
public final class Versions {
    /** Its value is a decimal number. */
    public static final String HEADER = "gapless-version";

    private Versions() {}

    /** {@return the version; null if none is said} Throws NumberFormatException if it is no number. */
    public static @Nullable Long of(Map<String, String> headers) {
        String said = headers.get(HEADER);
        return said == null ? null : Long.valueOf(said);
    }
}
