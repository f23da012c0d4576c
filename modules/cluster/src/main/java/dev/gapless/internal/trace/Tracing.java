package dev.gapless.internal.trace;

import dev.gapless.Delivery;
import dev.gapless.core.TraceContext;
import org.jspecify.annotations.Nullable;

/** Which trace a message is published in, and what becomes of it where it is handled. Thread-safe. */
public interface Tracing {
    /** Messages carry no trace. */
    Tracing OFF = new Untraced(false);

    /** There is no OpenTelemetry: messages carry the trace that their publisher names. */
    Tracing NAMED = new Untraced(true);

    /** {@return what there is} OpenTelemetry's API need not be on the class path. */
    static Tracing of(boolean on) {
        return of(on, Tracing.class.getClassLoader());
    }

    /** {@return what there is, where this loader finds OpenTelemetry's API, or does not} */
    static Tracing of(boolean on, @Nullable ClassLoader loader) {
        if (!on) {
            return OFF;
        }
        try {
            Class.forName("io.opentelemetry.api.trace.Span", false, loader);
            return new OpenTelemetryTracing();
        } catch (ClassNotFoundException | LinkageError e) {
            return NAMED;
        }
    }

    /**
     * {@return the trace of a message that this thread publishes, or null if it is in none}
     *
     * @param named what its publisher says, or null
     */
    @Nullable TraceContext published(@Nullable TraceContext named);

    /** This thread handles the message from now on, in its trace. */
    Handling handle(Delivery<?> delivery);

    /** This thread hands the message on from now on, in its trace, to somebody who handles it. */
    Handling pass(Delivery<?> delivery);
}
