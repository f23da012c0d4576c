package dev.gapless.core;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which trace a message belongs to: the two texts of W3C Trace Context, as they stand in HTTP requests.
 *
 * @param traceparent version, trace, span within it, and flags: 55 characters
 * @param tracestate what tracing systems add, up to 512 printable characters of ASCII; empty if nothing
 */
public record TraceContext(String traceparent, String tracestate) {
    /** Ids of zeros alone are none, and ff is no version. */
    private static final Pattern TRACEPARENT =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    private static final Pattern TRACESTATE = Pattern.compile("[\\x20-\\x7e]{0," + Limits.MAX_TRACESTATE + "}");

    /** Throws IllegalArgumentException for what is none. */
    public TraceContext {
        if (!TRACEPARENT.matcher(traceparent).matches()) {
            throw new IllegalArgumentException(
                    "A traceparent is written as W3C Trace Context says, unlike '" + Limits.shown(traceparent) + "'");
        }
        if (!TRACESTATE.matcher(tracestate).matches()) {
            throw new IllegalArgumentException("A tracestate has at most " + Limits.MAX_TRACESTATE
                    + " characters, all of them printable ASCII, unlike '" + Limits.shown(tracestate) + "'");
        }
    }

    /**
     * What somebody else says the trace is, who may be mistaken: a traceparent that is none counts as not said, and so does a tracestate that is
     * none, as the W3C asks. Null if there is no trace.
     */
    public static @Nullable TraceContext of(@Nullable String traceparent, @Nullable String tracestate) {
        if (traceparent == null || !TRACEPARENT.matcher(traceparent).matches()) {
            return null;
        }
        String said = tracestate == null ? "" : tracestate;
        return new TraceContext(traceparent, TRACESTATE.matcher(said).matches() ? said : "");
    }
}
