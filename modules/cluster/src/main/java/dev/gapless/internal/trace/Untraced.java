package dev.gapless.internal.trace;

import dev.gapless.Delivery;
import dev.gapless.core.TraceContext;
import org.jspecify.annotations.Nullable;

/** No thread is in a trace. */
record Untraced(boolean carriesNamed) implements Tracing {
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
