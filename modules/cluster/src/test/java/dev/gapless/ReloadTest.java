package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
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
                gapless { buffer-messages = 20, reload-backoff.min = 10ms, topics { gives-up.reload-backoff.attempts = 3, throws.reload-backoff.attempts = 3 } }""");
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

    @Test
    void aReloadThatThrowsIsTriedAgainAndEndsTheSubscriptionWithWhatItThrew() {
        Topic<Integer> topic = Topic.of("throws", Integer.class);
        IllegalStateException down = new IllegalStateException("no connection");
        Recorder<Integer> handler = new Recorder<>() {
            @Override
            public CompletionStage<Reload> onCursorExpired(CursorExpired<Integer> expired) {
                super.onCursorExpired(expired);
                throw down;
            }
        };
        Subscription subscription = cluster.gapless(1).subscribe(topic, StartFrom.latest(), handler);
        get(subscription.ready());
        subscription.pause();
        Recorder<Integer> level = new Recorder<>();
        get(cluster.gapless(1).subscribe(topic, StartFrom.latest(), level).ready());
        Producer<Integer> producer = cluster.gapless(0).producer(topic);
        for (int i = 1; i <= 50; i++) {
            get(producer.publish(i));
            int last = i;
            await(() -> level.messages().contains(last));
        }
        try (Logged logged = new Logged()) {
            subscription.resume();
            assertEquals(Ended.Reason.FAILED, get(subscription.whenEnded()));
            await(() -> logged.lines(Level.WARN, "Topic throws: the reload failed, it is tried again in 10 ms")
                            .size()
                    == 1);
            assertEquals(
                    1,
                    logged.lines(Level.WARN, "Topic throws: the reload failed, it is tried again in 20 ms")
                            .size());
        }
        assertEquals(down, handler.ended().get(0).cause());
        assertEquals(3, handler.expired().size());
        assertEquals(1, handler.expired().get(2).gaps().get(0).firstMissing());
        assertEquals(List.of(), handler.messages());
        assertEquals(50, level.events().size());
    }

    @Test
    void rowO3_aFirstConnectIsNoReasonToReload() {
        Topic<Integer> topic = Topic.of("first", Integer.class);
        IntStream.rangeClosed(1, 100)
                .forEach(
                        i -> { // five times what the rings hold
                            get(cluster.gapless(0).producer(topic).publish(i));
                            get(cluster.gapless(1).producer(topic).publish(i));
                        });
        List<Recorder<Integer>> all = new ArrayList<>();
        for (StartFrom start : List.of(StartFrom.latest(), StartFrom.earliest(), StartFrom.latest())) {
            for (int node = 0; node < 2; node++) {
                Recorder<Integer> recorder = new Recorder<>();
                get(cluster.gapless(node).subscribe(topic, start, recorder).ready());
                all.add(recorder);
            }
        }
        get(cluster.gapless(0).producer(topic).publish(-1));
        get(cluster.gapless(1).producer(topic).publish(-1));
        for (Recorder<Integer> recorder : all) {
            await(() -> recorder.messages().stream().filter(i -> i == -1).count() == 2);
            assertEquals(recorder.events().size(), recorder.messages().size(), "nothing but messages");
        }
    }

    private static String producerNode() {
        return cluster.gapless(0).nodeName();
    }
}
