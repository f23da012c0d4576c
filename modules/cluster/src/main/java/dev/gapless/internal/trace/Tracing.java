package dev.gapless.internal.trace;

import dev.gapless.Delivery;
import dev.gapless.core.TraceContext;
import org.jspecify.annotations.Nullable;

/** Which trace a message is published in, and what becomes of it where it is handled. Thread-safe. */
public interface Tracing {
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
