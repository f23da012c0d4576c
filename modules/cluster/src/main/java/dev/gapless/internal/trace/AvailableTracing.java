package dev.gapless.internal.trace;

import org.jspecify.annotations.Nullable;

/** Finds out whether OpenTelemetry's API is on the class path, where it need not be. */
public final class AvailableTracing {
    private AvailableTracing() {}

    /** {@return what there is} */
    public static Tracing of(boolean on) {
        return of(on, AvailableTracing.class.getClassLoader());
    }

    /** {@return what there is, where this loader finds OpenTelemetry's API, or does not} */
    static Tracing of(boolean on, @Nullable ClassLoader loader) {
        if (!on) {
            return Untraced.OFF;
        }
        try {
            Class.forName("io.opentelemetry.api.trace.Span", false, loader);
            return new OpenTelemetryTracing();
        } catch (ClassNotFoundException | LinkageError e) {
            return Untraced.NAMED;
        }
    }
}
