package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gapless.core.TraceContext;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A message belongs to the trace in which it is published. */
@SuppressWarnings("try") // a scope is closed, and that is all
class TracingTest {
    private static final int MOST_BYTES = 2_048;
    private static final int BYTES_OF_HEADERS = 6 + 64 * (4 + 3 + 1);
    private static TestCluster cluster;

    @BeforeAll
    static void start() {
        cluster = TestCluster.of(2, "gapless.topics { exact.max-message-bytes = 2 KiB, tiny.buffer-bytes = 1 KiB }");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    /** Notes what it is given, and in which span. */
    private static final class Noting<T> implements MessageHandler<T> {
        final List<Delivery<T>> deliveries = new CopyOnWriteArrayList<>();
        final List<String> spans = new CopyOnWriteArrayList<>();

        static <T> Noting<T> of(Topic<T> topic) {
            Noting<T> noting = new Noting<>();
            get(cluster.gapless(1).subscribe(topic, StartFrom.latest(), noting).ready());
            return noting;
        }

        @Override
        public void onMessage(Delivery<T> delivery) {
            SpanContext span = Span.current().getSpanContext();
            spans.add(span.isValid() ? span.getTraceId() + "-" + span.getSpanId() : "");
            deliveries.add(delivery);
        }

        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<T> expired) {
            return CompletableFuture.completedFuture(Reload.done());
        }

        void awaitMessages(int number) {
            await(() -> deliveries.size() == number);
        }
    }

    private static SpanContext span(int number) {
        String trace = String.format("%032x", 1_000 + number);
        String span = String.format("%016x", 2_000 + number);
        return SpanContext.create(trace, span, TraceFlags.getSampled(), TraceState.getDefault());
    }

    private static TraceContext context(int number) {
        return new TraceContext(
                "00-" + span(number).getTraceId() + "-" + span(number).getSpanId() + "-01", "");
    }

    @Test
    void handlersOnAnotherNodeRunInTheTraceOfEachMessage() {
        Topic<Integer> topic = Topic.of("traced", Integer.class);
        Noting<Integer> noting = Noting.of(topic);
        Producer<Integer> producer = cluster.gapless(0).producer(topic);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            if (i % 4 == 3) {
                get(producer.publish(i));
                expected.add("");
                continue;
            }
            try (Scope scope = Span.wrap(span(i)).makeCurrent()) {
                switch (i % 4) {
                    case 0 -> get(producer.publish("key", i));
                    case 1 -> producer.send(i);
                    default -> get(producer.publishAll(List.of(i)));
                }
            }
            expected.add(span(i).getTraceId() + "-" + span(i).getSpanId());
        }
        noting.awaitMessages(100);
        assertEquals(expected, noting.spans);
        assertEquals(context(0), noting.deliveries.get(0).trace());
        assertNull(noting.deliveries.get(3).trace());
    }

    @Test
    void whoPassesMessagesOnNamesTheirTrace() {
        Topic<String> topic = Topic.of("named", String.class);
        Noting<String> noting = Noting.of(topic);
        get(cluster.gapless(0).producer(topic).publish(Publication.of("a").withTrace(context(7))));
        noting.awaitMessages(1);
        assertEquals(context(7), noting.deliveries.get(0).trace());
    }

    @Test
    void aTraceCountsForNoBoundOfAMessage() {
        Topic<byte[]> topic = Topic.of("exact", byte[].class);
        Noting<byte[]> noting = Noting.of(topic);
        Map<String, String> headers = new TreeMap<>();
        for (int i = 10; i < 74; i++) {
            headers.put("h" + i, "v");
        }
        Producer<byte[]> producer = cluster.gapless(0).producer(topic);
        byte[] largest = new byte[MOST_BYTES - BYTES_OF_HEADERS];
        try (Scope scope = Span.wrap(span(1)).makeCurrent()) {
            get(producer.publish(Publication.of(largest).withHeaders(headers)));
        }
        noting.awaitMessages(1);
        assertEquals(context(1), noting.deliveries.get(0).trace());
        assertEquals(headers, noting.deliveries.get(0).headers());
        Publication<byte[]> larger =
                Publication.of(new byte[largest.length + 1]).withHeaders(headers);
        CompletionException refused = assertThrows(CompletionException.class, () -> get(producer.publish(larger)));
        assertInstanceOf(MessageTooLarge.class, refused.getCause());
    }

    @Test
    void aRingWithoutRoomForBothTakesTheMessageAlone() {
        Topic<byte[]> topic = Topic.of("tiny", byte[].class);
        Noting<byte[]> noting = Noting.of(topic);
        Producer<byte[]> producer = cluster.gapless(0).producer(topic);
        try (Scope scope = Span.wrap(span(1)).makeCurrent()) {
            get(producer.publish(new byte[1_024 - 64 - 64]));
            noting.awaitMessages(1);
            get(producer.publish(new byte[1_024 - 64 - 65]));
            noting.awaitMessages(2);
        }
        assertNull(noting.deliveries.get(0).trace());
        assertEquals(context(1), noting.deliveries.get(1).trace());
    }
}
