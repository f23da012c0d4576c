package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ReloadTest {
    private static final Topic<Integer> TOPIC = Topic.of("reloaded", Integer.class);

    private static TestCluster cluster;

    @BeforeAll
    static void start() {
        cluster = TestCluster.of(2, """
                gapless { buffer-messages = 20, reload-backoff.min = 10ms, topics.gives-up.reload-backoff.attempts = 3 }""");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    /** Holds its reloads until it is told. */
    private static final class Holding extends Recorder<Integer> {
        final List<CompletableFuture<Reload>> reloads = new ArrayList<>();
        final CompletableFuture<Void> gate = new CompletableFuture<>();

        @Override
        public synchronized CompletionStage<Reload> onCursorExpired(CursorExpired<Integer> expired) {
            super.onCursorExpired(expired);
            CompletableFuture<Reload> reload = new CompletableFuture<>();
            reloads.add(reload);
            return reload;
        }

        synchronized void completeAll() {
            reloads.forEach(reload -> reload.complete(Reload.done()));
        }

        synchronized CompletableFuture<Reload> reload(int index) {
            return reloads.get(index);
        }

        @Override
        public void onMessage(Delivery<Integer> delivery) throws Exception {
            super.onMessage(delivery);
            if (delivery.message() == 1) {
                gate.join();
            }
        }
    }

    @Test
    @DisplayName(
            "rowO3, rowP7, ruleS2, ruleS3: pauses until the reload has succeeded, tries a failed one again, reruns for a gap in it")
    void pausesUntilTheReloadHasSucceeded() {
        Holding handler = new Holding();
        Subscription subscription = cluster.gapless(1).subscribe(TOPIC, StartFrom.latest(), handler);
        get(subscription.ready());
        assertEquals(List.of(), handler.expired());
        Producer<Integer> producer = cluster.gapless(0).producer(TOPIC);
        producer.publish(1);
        await(() -> handler.messages().size() == 1);
        IntStream.rangeClosed(2, 200).forEach(i -> get(producer.publish(i)));
        handler.gate.complete(null);

        await(() -> handler.expired().size() == 1);
        handler.reload(0).completeExceptionally(new IllegalStateException("database down"));
        await(() -> handler.expired().size() == 2);
        assertEquals(handler.expired().get(0).gaps(), handler.expired().get(1).gaps());
        assertEquals(
                handler.messages().size(),
                subscription
                        .token()
                        .positions()
                        .get(cluster.gapless(0).nodeName())
                        .sequence());

        // While it reloads, the feed goes on past it: one more reload, and then it goes on.
        IntStream.rangeClosed(201, 400).forEach(i -> get(producer.publish(i)));
        handler.reload(1).complete(Reload.done());
        await(() -> handler.expired().size() == 3);
        get(producer.publish(401));
        await(() -> {
            handler.completeAll();
            return handler.messages().contains(401);
        });

        long sum = handler.messages().size();
        for (CursorExpired<Integer> expired :
                handler.expired().subList(1, handler.expired().size())) {
            sum += expired.gaps().get(0).missed();
        }
        assertEquals(401, sum);
        get(subscription.cancel());
    }

    @Test
    @DisplayName(
            "ruleS2: a reload that fails as often as it is tried ends the subscription, in front of what was missed")
    void endsWhenNoReloadSucceeds() {
        Topic<Integer> topic = Topic.of("gives-up", Integer.class);
        IllegalStateException down = new IllegalStateException("database down");
        class Failing extends Recorder<Integer> {
            final CompletableFuture<Void> gate = new CompletableFuture<>();

            @Override
            public void onMessage(Delivery<Integer> delivery) throws Exception {
                super.onMessage(delivery);
                gate.join();
            }

            @Override
            public CompletionStage<Reload> onCursorExpired(CursorExpired<Integer> expired) {
                super.onCursorExpired(expired);
                return CompletableFuture.failedFuture(down);
            }
        }
        Failing handler = new Failing();
        Subscription subscription = cluster.gapless(1).subscribe(topic, StartFrom.latest(), handler);
        get(subscription.ready());
        Producer<Integer> producer = cluster.gapless(0).producer(topic);
        get(producer.publish(1));
        await(() -> handler.messages().size() == 1);
        IntStream.rangeClosed(2, 100).forEach(i -> get(producer.publish(i)));
        handler.gate.complete(null);
        assertEquals(Ended.Reason.FAILED, get(subscription.whenEnded()));
        Ended<Integer> ended = handler.ended().get(0);
        assertEquals(down, ended.cause());
        assertEquals(3, handler.expired().size());
        long missedFrom = handler.expired().get(0).gaps().get(0).firstMissing();
        assertEquals(
                missedFrom - 1, ended.token().positions().get(producerNode()).sequence());
    }

    private static String producerNode() {
        return cluster.gapless(0).nodeName();
    }
}
