package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.MessageHandler;
import dev.gapless.NodeStatus.CursorStatus;
import dev.gapless.NodeStatus.ProducerStatus;
import dev.gapless.NodeStatus.TopicStatus;
import dev.gapless.Reload;
import dev.gapless.StartFrom;
import dev.gapless.Topic;
import dev.gapless.core.Gap;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@code wait=delivered} says of a durable topic once its node has begun anew, and its messages are those of two streams. */
@Timeout(120)
class ReachedAfterRestartTest {
    private static final int BEFORE = 30;
    private static final int RING = 40;

    private static final String PRODUCING = """
            gapless {
              node-name = reached1
              durability = journal
              drain-timeout = 100ms
              topics.reached.buffer-messages = %d
              gateway.delivery-timeout = 1s
            }
            """.formatted(RING);
    /** Takes no more than its subscription reads. */
    private static final String CONSUMING = """
            gapless {
              node-name = reached2
              durability = journal
              topics.reached { buffer-messages = 8, max-message-bytes = 1KiB, batch-bytes = 1KiB, window-bytes = 1KiB, overflow = backpressure, backpressure-timeout = 60s }
            }
            """;

    private static final class Held implements MessageHandler<JsonNode> {
        final CompletableFuture<Void> open = new CompletableFuture<>();
        final List<Gap> gaps = new CopyOnWriteArrayList<>();
        volatile int last;

        @Override
        public void onMessage(Delivery<JsonNode> delivery) {
            open.join();
            last = delivery.message().intValue();
        }

        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<JsonNode> expired) {
            gaps.addAll(expired.gaps());
            return CompletableFuture.completedFuture(Reload.done());
        }
    }

    private static HttpResponse<String> publish(TestGateway at, int message, String query) {
        return at.post(
                TestGateway.path("reached", "messages") + query,
                "application/json",
                String.valueOf(message),
                "Idempotency-Key",
                "k" + message);
    }

    private static ProducerStatus producer(TestGateway at) {
        return TestGateway.get(at.gapless().status(Duration.ofSeconds(60))).stream()
                .filter(node -> node.node().equals("reached1"))
                .flatMap(node -> node.topics().stream())
                .map(TopicStatus::producer)
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow();
    }

    /** What is said of that message, which was published before if it is at most {@link #BEFORE}. */
    private static JsonNode notDelivered(TestGateway at, int message) {
        HttpResponse<String> answer = publish(at, message, "?wait=delivered");
        JsonNode problem = TestGateway.json(answer.body());
        assertEquals("urn:gapless:not_delivered", problem.path("type").asText(), answer.body());
        return problem;
    }

    private static void assertDelivered(HttpResponse<String> answer) {
        assertEquals(200, answer.statusCode(), answer.body());
    }

    private static void assertSays(String waitingFor, String missedBy, String notKnown, JsonNode problem) {
        assertEquals(waitingFor, problem.get("waiting_for").toString(), problem::toString);
        assertEquals(missedBy, problem.get("missed_by").toString(), problem::toString);
        assertEquals(notKnown, problem.get("not_known").toString(), problem::toString);
    }

    @Test
    void eachConsumerIsJudgedByWhereItIsInTheLog() {
        TestGateway producing = TestGateway.start(PRODUCING);
        Held consumer = new Held();
        try (TestGateway consuming = TestGateway.join(producing, CONSUMING)) {
            TestGateway.get(consuming
                    .gapless()
                    .subscribe(Topic.of("reached", JsonNode.class), StartFrom.latest(), consumer)
                    .ready());
            for (int i = 1; i <= BEFORE; i++) {
                assertEquals(200, publish(producing, i, "").statusCode());
            }
            String earlier = producer(producing).epoch().toString();
            TestGateway.await(() -> producer(producing).cursors().stream().anyMatch(its -> its.acked() > 0));
            producing.close();
            try (TestGateway again = TestGateway.join(consuming, PRODUCING)) {
                TestGateway.await(() -> producer(again).cursors().size() == 1);
                ProducerStatus status = producer(again);
                CursorStatus cursor = status.cursors().get(0);
                assertTrue(-BEFORE < cursor.acked() && cursor.acked() < 0, status::toString);
                assertEquals(List.of(1L - BEFORE, 0L), List.of(status.oldest(), status.head()), status::toString);
                assertEquals(-cursor.acked(), cursor.lag(), status::toString);
                assertEquals("behind", cursor.state().replace("stopped", "behind"), status::toString);

                // One of the second stream, while the consumer is in the first one.
                assertSays("[\"reached2\"]", "[]", "[]", notDelivered(again, BEFORE + 1));
                // One that it has, but by the word of the incarnation of before alone; and one that it has not.
                assertSays("[]", "[]", "[\"reached2\"]", notDelivered(again, 1));
                assertSays("[\"reached2\"]", "[]", "[]", notDelivered(again, BEFORE));

                // The ring goes on past where the consumer is, and still has the last ones of the first stream.
                int all = RING + BEFORE / 2;
                for (int i = BEFORE + 2; i <= all; i++) {
                    assertEquals(200, publish(again, i, "").statusCode());
                }
                consumer.open.complete(null);
                TestGateway.await(() -> consumer.last == all);
                Gap gap = consumer.gaps.get(0);
                assertEquals(earlier, Objects.requireNonNull(gap.epoch()).toString());
                long lastMissed = Objects.requireNonNull(gap.firstMissing()) + Objects.requireNonNull(gap.missed()) - 1;
                assertTrue(all - RING < lastMissed && lastMissed < BEFORE, () -> "not in the ring: " + consumer.gaps);
                // What came behind the gap is judged at once, and a new message has come to it. What its node was led
                // past
                // may be more than what its subscription missed: of that the log knows nothing.
                for (int i = (int) lastMissed + 1; i < BEFORE; i++) {
                    String answer = publish(again, i, "?wait=delivered").body();
                    assertTrue(TestGateway.json(answer).path("waiting_for").isEmpty(), answer);
                }
                assertDelivered(publish(again, all + 1, "?wait=delivered"));
                TestGateway.await(() -> producer(again).cursors().get(0).state().equals("level"));
                assertEquals(0, producer(again).cursors().get(0).lag());
            }
        } finally {
            consumer.open.complete(null);
        }
    }
}
