package dev.gapless.internal.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.gapless.AsyncMessageHandler;
import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.MessageHandler;
import dev.gapless.Reload;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Limits;
import dev.gapless.core.TraceContext;
import dev.gapless.internal.subscribe.ActorRecipient;
import dev.gapless.internal.subscribe.HandlerRecipient;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // a scope is closed, and that is all
class OpenTelemetryTracingTest {
    private static final CursorToken TOKEN = new CursorToken("quotes", "c", 0, Map.of());
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "b7ad6b7169203331";
    private static final String TRACEPARENT = "00-" + TRACE + "-" + SPAN + "-01";

    private final Tracing tracing = AvailableTracing.of(true);
    private final InMemorySpanExporter ended = InMemorySpanExporter.create();
    private final List<SpanContext> seen = new ArrayList<>();

    @AfterEach
    void forget() {
        GlobalOpenTelemetry.resetForTest();
        assertFalse(Span.current().getSpanContext().isValid(), "a scope is left open");
    }

    private void install() {
        OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(ended))
                        .build())
                .buildAndRegisterGlobal();
    }

    private static Delivery<Integer> delivery(String traceparent) {
        TraceContext trace = traceparent == null ? null : new TraceContext(traceparent, "a=1");
        return new Delivery<>("quotes", "n1", new Epoch(1), 7, 0, null, Map.of(), 5, behind -> TOKEN, 0, null, trace);
    }

    private static Span span(String trace, TraceState state) {
        return Span.wrap(SpanContext.create(trace, SPAN, TraceFlags.getSampled(), state));
    }

    private void note() {
        seen.add(Span.current().getSpanContext());
    }

    private MessageHandler<Integer> noting() {
        return new MessageHandler<>() {
            @Override
            public void onMessage(Delivery<Integer> delivery) {
                note();
            }

            @Override
            public CompletionStage<Reload> onCursorExpired(CursorExpired<Integer> expired) {
                return CompletableFuture.completedFuture(Reload.done());
            }
        };
    }

    private SpanData onlyEnded() {
        assertEquals(1, ended.getFinishedSpanItems().size());
        return ended.getFinishedSpanItems().get(0);
    }

    // ------------------------------------------------------------------ publishing

    @Test
    void aMessageIsPublishedInTheSpanOfItsThread() {
        assertNull(tracing.published(null), "there is none");
        TraceState state = TraceState.builder().put("a", "1").build();
        try (Scope scope = span(TRACE, state).makeCurrent()) {
            assertEquals(new TraceContext(TRACEPARENT, "a=1"), tracing.published(null));
            TraceContext named = new TraceContext(TRACEPARENT.replace("01", "00"), "");
            assertSame(named, tracing.published(named));
        }
    }

    @Test
    void aTracestateThatIsTooLongIsLeftOut() {
        var state = TraceState.builder();
        for (int i = 0; i < 10; i++) {
            state.put("k" + i, "1".repeat(Limits.MAX_TRACESTATE / 10));
        }
        try (Scope scope = span(TRACE, state.build()).makeCurrent()) {
            assertEquals(new TraceContext(TRACEPARENT, ""), tracing.published(null));
        }
    }

    @Test
    void withoutOpenTelemetryOnlyWhatIsNamedIsCarriedAndSwitchedOffNothing() {
        Tracing without = AvailableTracing.of(true, ClassLoader.getPlatformClassLoader());
        assertSame(Untraced.NAMED, without);
        TraceContext named = new TraceContext(TRACEPARENT, "");
        try (Scope scope = span(TRACE, TraceState.getDefault()).makeCurrent()) {
            assertNull(without.published(null));
            assertSame(named, without.published(named));
            assertNull(AvailableTracing.of(false).published(null));
            assertNull(AvailableTracing.of(false).published(named));
            assertSame(Handling.NONE, AvailableTracing.of(false).handle(delivery(TRACEPARENT)));
        }
    }

    // ------------------------------------------------------------------ handling

    @Test
    void aHandlerRunsInASpanBelowThePublishers() {
        install();
        new HandlerRecipient<>(tracing, noting()).give(delivery(TRACEPARENT), 1, (number, outcome) -> {});
        SpanData span = onlyEnded();
        assertEquals(List.of(span.getSpanContext()), seen);
        assertEquals(TRACE, span.getTraceId());
        assertEquals(SPAN, span.getParentSpanId());
        assertEquals(
                "a=1",
                String.join(
                        ",",
                        span.getSpanContext().getTraceState().asMap().entrySet().stream()
                                .map(Object::toString)
                                .toList()));
        assertEquals(SpanKind.CONSUMER, span.getKind());
        assertEquals("process quotes", span.getName());
        assertEquals(StatusCode.UNSET, span.getStatus().getStatusCode());
        assertEquals(
                Map.of(
                        "messaging.system", "gapless",
                        "messaging.destination.name", "quotes",
                        "messaging.operation.name", "process",
                        "messaging.operation.type", "process",
                        "messaging.message.id", "0000000000000001:7"),
                texts(span));
    }

    private static Map<String, Object> texts(SpanData span) {
        Map<String, Object> texts = new HashMap<>();
        span.getAttributes().forEach((key, value) -> texts.put(key.getKey(), value));
        return texts;
    }

    @Test
    void anSdkThatIsRegisteredLaterIsUsedFromThenOn() {
        new HandlerRecipient<>(tracing, noting()).give(delivery(TRACEPARENT), 1, (number, outcome) -> {});
        assertEquals(TRACE, seen.get(0).getTraceId());
        assertEquals(SPAN, seen.get(0).getSpanId(), "the publisher's: there is nobody who makes another");
        install(); // which fails once somebody has asked for the global one
        new HandlerRecipient<>(tracing, noting()).give(delivery(TRACEPARENT), 2, (number, outcome) -> {});
        assertEquals(List.of(onlyEnded().getSpanContext()), seen.subList(1, 2));
    }

    @Test
    void aHandlerThatFailsGivesItsSpanAnError() {
        install();
        MessageHandler<Integer> failing = new MessageHandler<>() {
            @Override
            public void onMessage(Delivery<Integer> delivery) {
                throw new IllegalStateException("planned");
            }

            @Override
            public CompletionStage<Reload> onCursorExpired(CursorExpired<Integer> expired) {
                return CompletableFuture.completedFuture(Reload.done());
            }
        };
        assertInstanceOf(
                IllegalStateException.class,
                new HandlerRecipient<>(tracing, failing)
                        .give(delivery(TRACEPARENT), 1, (number, outcome) -> {})
                        .failure());
        assertEquals(StatusCode.ERROR, onlyEnded().getStatus().getStatusCode());
        assertEquals(1, onlyEnded().getEvents().size());
    }

    @Test
    void theSpanOfAStageEndsWithIt() {
        install();
        List<CompletableFuture<Void>> stages = List.of(new CompletableFuture<>(), new CompletableFuture<>());
        AsyncMessageHandler<Integer> handler = new AsyncMessageHandler<>() {
            @Override
            public CompletionStage<?> onMessage(Delivery<Integer> delivery) {
                note();
                return stages.get(seen.size() - 1);
            }

            @Override
            public CompletionStage<Reload> onCursorExpired(CursorExpired<Integer> expired) {
                return CompletableFuture.completedFuture(Reload.done());
            }
        };
        HandlerRecipient<Integer> recipient = new HandlerRecipient<>(tracing, handler);
        assertNull(recipient.give(delivery(TRACEPARENT), 1, (number, outcome) -> {}));
        assertFalse(Span.current().getSpanContext().isValid(), "the thread goes on with something else");
        assertEquals(List.of(), ended.getFinishedSpanItems());
        stages.get(0).complete(null);
        assertEquals(seen.get(0), onlyEnded().getSpanContext());
        assertEquals(StatusCode.UNSET, onlyEnded().getStatus().getStatusCode());
        ended.reset();
        recipient.give(delivery(TRACEPARENT), 2, (number, outcome) -> {});
        stages.get(1).completeExceptionally(new IllegalStateException("planned"));
        assertEquals(StatusCode.ERROR, onlyEnded().getStatus().getStatusCode());
    }

    @Test
    void aMessageInNoTraceIsHandledInNoneWhoeverWokeItsThread() {
        install();
        try (Scope scope = span(TRACE, TraceState.getDefault()).makeCurrent()) {
            new HandlerRecipient<>(tracing, noting()).give(delivery(null), 1, (number, outcome) -> {});
            assertEquals(TRACE, Span.current().getSpanContext().getTraceId(), "what was before is back");
        }
        assertFalse(seen.get(0).isValid());
        assertEquals(List.of(), ended.getFinishedSpanItems());
    }

    @Test
    void anActorIsToldInTheTraceOfTheMessage() {
        ActorRecipient<Integer, Object> recipient = new ActorRecipient<>(
                tracing,
                null,
                unconfirmed -> {
                    note();
                    throw new IllegalStateException("there is no actor here");
                },
                1);
        recipient.give(delivery(TRACEPARENT), 1, (number, outcome) -> {});
        assertEquals(TRACE, seen.get(0).getTraceId());
        assertEquals(SPAN, seen.get(0).getSpanId());
    }
}
