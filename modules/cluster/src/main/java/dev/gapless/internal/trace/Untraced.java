package dev.gapless.internal.trace;

import dev.gapless.Delivery;
import dev.gapless.core.TraceContext;
import org.jspecify.annotations.Nullable;

/**
 * No thread is in a trace.
 *
 * @param carriesNamed do messages carry the trace that their publisher names?
 */
public record Untraced(boolean carriesNamed) implements Tracing {
    /** Messages carry no trace. */
    public static final Tracing OFF = new Untraced(false);

    /** There is no OpenTelemetry: messages carry the trace that their publisher names. */
    static final Tracing NAMED = new Untraced(true);

    @Override
    public @Nullable TraceContext published(@Nullable TraceContext named) {
        return carriesNamed ? named : null;
    }

    @Override
    public Handling handle(Delivery<?> delivery) {
        return Handling.NONE;
    }

    @Override
    public Handling pass(Delivery<?> delivery) {
        return Handling.NONE;
    }
}
