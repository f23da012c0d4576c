package dev.gapless.internal.trace;

import dev.gapless.Delivery;
import dev.gapless.core.TraceContext;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The traces of OpenTelemetry. A message is published in the span of the thread that publishes it, and handled in a span of its own below
 * that. Nothing else of Gapless knows OpenTelemetry.
 */
final class OpenTelemetryTracing implements Tracing {
    private static final String NAME = "dev.gapless";
    private static final String TRACEPARENT = "traceparent";
    private static final String TRACESTATE = "tracestate";
    private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();

    private static final TextMapGetter<TraceContext> GETTER = new TextMapGetter<>() {
        @Override
        @SuppressWarnings("deprecation") // an earlier API has no other implementation of it
        public Iterable<String> keys(TraceContext carrier) {
            return List.of(TRACEPARENT, TRACESTATE);
        }

        @Override
        public @Nullable String get(@Nullable TraceContext carrier, String key) {
            if (carrier == null) {
                return null;
            }
            return switch (key) {
                case TRACEPARENT -> carrier.traceparent();
                case TRACESTATE -> carrier.tracestate().isEmpty() ? null : carrier.tracestate();
                default -> null;
            };
        }
    };

    /** Does the API say what is there without fixing it for good? That of 1.57 does. */
    private final boolean hasGlobal = hasGlobal();

    private volatile Source source = new Source(OpenTelemetry.noop());

    /** Where spans come from: the agent or the SDK that the application has, once it has. */
    private record Source(OpenTelemetry of, Tracer tracer) {
        Source(OpenTelemetry of) {
            this(of, of.getTracer(NAME));
        }
    }

    private static boolean hasGlobal() {
        try {
            var unused = GlobalOpenTelemetry.getOrNoop();
            return true;
        } catch (NoSuchMethodError older) {
            return false; // its get() would keep the application from setting another one later
        }
    }

    private Tracer tracer() {
        Source known = source;
        OpenTelemetry global = hasGlobal ? GlobalOpenTelemetry.getOrNoop() : known.of();
        if (global != known.of()) {
            known = new Source(global);
            source = known;
        }
        return known.tracer();
    }

    @Override
    public @Nullable TraceContext published(@Nullable TraceContext named) {
        if (named != null || !isTraced()) {
            return named;
        }
        Map<String, String> texts = new HashMap<>();
        W3C.inject(Context.current(), texts, (to, name, text) -> {
            if (to != null) {
                to.put(name, text);
            }
        });
        return TraceContext.of(texts.get(TRACEPARENT), texts.get(TRACESTATE));
    }

    private static boolean isTraced() {
        return Span.current().getSpanContext().isValid();
    }

    @Override
    public Handling handle(Delivery<?> delivery) {
        TraceContext trace = delivery.trace();
        if (trace == null) {
            return untraced();
        }
        Context publisher = contextOf(trace);
        Span span = tracer().spanBuilder("process " + delivery.topic())
                .setParent(publisher)
                .setSpanKind(SpanKind.CONSUMER)
                .setAttribute("messaging.system", "gapless")
                .setAttribute("messaging.destination.name", delivery.topic())
                .setAttribute("messaging.operation.name", "process")
                .setAttribute("messaging.operation.type", "process")
                .startSpan();
        if (span.isRecording()) {
            span.setAttribute("messaging.message.id", delivery.position().toString());
        }
        return new Spanned(span, enter(publisher.with(span)));
    }

    @Override
    public Handling pass(Delivery<?> delivery) {
        TraceContext trace = delivery.trace();
        return trace == null ? untraced() : new Scoped(enter(contextOf(trace)));
    }

    private static Context contextOf(TraceContext trace) {
        return W3C.extract(Context.root(), trace, GETTER);
    }

    /** The trace of whoever woke this thread is none of the message's. */
    private static Handling untraced() {
        return isTraced() ? new Scoped(enter(Context.root())) : Handling.NONE;
    }

    @SuppressWarnings("MustBeClosedChecker") // Handling.leave closes it
    private static Scope enter(Context context) {
        return context.makeCurrent();
    }

    private record Scoped(Scope scope) implements Handling {
        @Override
        public void leave() {
            scope.close();
        }

        @Override
        public void end(@Nullable Throwable failure) {}
    }

    private record Spanned(Span span, Scope scope) implements Handling {
        @Override
        public void leave() {
            scope.close();
        }

        @Override
        public void end(@Nullable Throwable failure) {
            if (failure != null) {
                span.recordException(failure);
                span.setStatus(StatusCode.ERROR);
            }
            span.end();
        }
    }
}
