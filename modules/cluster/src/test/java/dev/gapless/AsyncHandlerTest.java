package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Gap;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Handlers that answer with a stage. */
class AsyncHandlerTest {
    private static TestCluster cluster;

    @BeforeAll
    static void start() {
        cluster = TestCluster.of(2, "gapless.topics.behind.buffer-messages = 20");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    /** Notes messages, and answers with stages that the test completes. */
    private static class Answering implements AsyncMessageHandler<Integer> {
        final Recorder<Integer> recorder = new Recorder<>();
        private final List<CompletableFuture<String>> answers = new ArrayList<>();
        private final List<Throwable> failures = new ArrayList<>();
        OnFailure onFailure = OnFailure.SKIP;

        @Override
        public synchronized CompletionStage<?> onMessage(Delivery<Integer> delivery) {
            recorder.note(delivery);
            CompletableFuture<String> answer = new CompletableFuture<>();
            answers.add(answer);
            return answer.thenApply(done -> done);
        }

        /** The stage that the handler returned for the message with this index. */
        synchronized CompletableFuture<String> answer(int index) {
            return answers.get(index);
        }

        synchronized List<Throwable> failures() {
            return List.copyOf(failures);
        }

        List<Integer> messages() {
            return recorder.messages();
        }

        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<Integer> expired) {
            return recorder.onCursorExpired(expired);
        }

        @Override
        public synchronized OnFailure onFailure(Delivery<Integer> delivery, Throwable cause) {
            failures.add(cause);
            return onFailure;
        }

        @Override
        public void onEnded(Ended<Integer> ended) {
            recorder.onEnded(ended);
        }
    }

    private static Subscription subscribe(Topic<Integer> topic, EventHandler<Integer> handler) {
        Subscription subscription = cluster.gapless(1).subscribe(topic, StartFrom.latest(), handler);
        get(subscription.ready());
        return subscription;
    }

    private static void publish(Topic<Integer> topic, int from, int to) {
        IntStream.rangeClosed(from, to)
                .forEach(i -> get(cluster.gapless(0).producer(topic).publish(i)));
    }

    @Test
    void theNextMessageComesWhenTheStageHasCompletedAndTheTokenStaysInFrontUntilThen() {
        Topic<Integer> topic = Topic.of("one-at-a-time", Integer.class);
        Answering handler = new Answering();
        Recorder<Integer> level = new Recorder<>();
        Subscription subscription = subscribe(topic, handler);
        subscribe(topic, level);
        publish(topic, 1, 3);
        for (int i = 1; i <= 3; i++) {
            int count = i;
            await(() -> level.messages().size() == 3 && handler.messages().size() == count);
            assertEquals(
                    count - 1,
                    subscription
                            .token()
                            .positions()
                            .get(cluster.gapless(0).nodeName())
                            .sequence());
            handler.answer(i - 1).complete("done");
        }
        await(() -> subscription
                        .token()
                        .positions()
                        .get(cluster.gapless(0).nodeName())
                        .sequence()
                == 3);
        assertEquals(List.of(1, 2, 3), handler.messages());
    }

    @Test
    void aStageThatHasCompletedAlreadyCostsNothing() {
        Topic<Integer> topic = Topic.of("completed", Integer.class);
        List<Integer> given = new ArrayList<>();
        AsyncMessageHandler<Integer> handler = new Answering() {
            @Override
            public synchronized CompletionStage<?> onMessage(Delivery<Integer> delivery) {
                given.add(delivery.message());
                return CompletableFuture.completedFuture(given);
            }
        };
        subscribe(topic, handler);
        publish(topic, 1, 2000);
        await(() -> {
            synchronized (handler) {
                return given.size() == 2000;
            }
        });
        assertEquals(IntStream.rangeClosed(1, 2000).boxed().toList(), given);
    }

    @Test
    void whatAStageFailsWithGoesToOnFailureAndSoDoesNoStage() {
        Topic<Integer> topic = Topic.of("failing", Integer.class);
        Answering handler = new Answering() {
            @Override
            public synchronized CompletionStage<?> onMessage(Delivery<Integer> delivery) {
                CompletionStage<?> answer = super.onMessage(delivery);
                return delivery.message() == 2 ? null : answer;
            }
        };
        Subscription subscription = subscribe(topic, handler);
        publish(topic, 1, 4);
        await(() -> handler.messages().size() == 1);
        IllegalStateException cause = new IllegalStateException("no disk");
        handler.answer(0).completeExceptionally(cause);
        await(() -> handler.messages().size() == 3);
        assertSame(cause, handler.failures().get(0));
        assertInstanceOf(NullPointerException.class, handler.failures().get(1));
        handler.onFailure = OnFailure.STOP;
        handler.answer(2).completeExceptionally(cause);
        assertEquals(Ended.Reason.FAILED, get(subscription.whenEnded()));
        assertEquals(List.of(1, 2, 3), handler.messages());
        assertSame(cause, handler.recorder.ended().get(0).cause());
        Answering resumed = new Answering();
        cluster.gapless(1).subscribe(topic, StartFrom.token(subscription.token()), resumed);
        await(() -> resumed.messages().equals(List.of(3)));
    }

    @Test
    void cancellingWorksWhileAStageIsOpen() {
        Topic<Integer> topic = Topic.of("cancelled", Integer.class);
        Answering handler = new Answering();
        Subscription subscription = subscribe(topic, handler);
        publish(topic, 1, 2);
        await(() -> handler.messages().size() == 1);
        assertEquals(Ended.Reason.CANCELLED, get(subscription.cancel()));
        handler.answer(0).complete("late");
        Answering resumed = new Answering();
        get(cluster.gapless(1)
                .subscribe(topic, StartFrom.token(subscription.token()), resumed)
                .ready());
        await(() -> resumed.messages().equals(List.of(1)));
        assertEquals(1, handler.recorder.ended().size());
        assertEquals(List.of(1), handler.messages());
    }

    @Tag("seconds")
    @Test
    void aStageThatNeverCompletesHarmsNobodyElseAndFallsBehind() {
        Topic<Integer> topic = Topic.of("behind", Integer.class);
        List<Answering> stuck = new ArrayList<>();
        for (int i = 0; i < 20; i++) { // more than there are threads
            stuck.add(new Answering());
            subscribe(topic, stuck.get(i));
        }
        Recorder<Integer> healthy = new Recorder<>();
        subscribe(topic, healthy);
        for (int i = 1; i <= 500; i++) {
            publish(topic, i, i);
            int last = i;
            await(() -> healthy.messages().contains(last)
                    && stuck.stream()
                            .allMatch(each -> each.messages().equals(List.of(1)))); // none read the second with it
        }
        assertEquals(500, healthy.events().size());
        Answering one = stuck.get(0);
        one.answer(0).complete("at last");
        await(() -> !one.recorder.expired().isEmpty());
        Gap gap = one.recorder.expired().get(0).gaps().get(0);
        assertEquals(2, gap.firstMissing());
        assertTrue(gap.missed() >= 500 - 20 - 1, gap::toString);
        publish(topic, 501, 501); // whether anything follows what it missed or not
        await(() -> one.messages().size() == 2);
        long missed = one.recorder.expired().stream()
                .flatMap(expired -> expired.gaps().stream())
                .mapToLong(its -> Objects.requireNonNull(its.missed()))
                .sum(); // it may have been overtaken once more before it read on
        assertEquals(2 + missed, one.messages().get(1).longValue());
        assertTrue(stuck.stream().skip(1).allMatch(other -> other.messages().equals(List.of(1))));
    }
}
