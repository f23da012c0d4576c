package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.SinkQueueWithCancel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A subscription that loads first begins with a load, tried until it succeeds; nothing is delivered before, and nothing is lost. */
class FirstLoadTest {
    private static final SubscriptionSettings LOADING =
            SubscriptionSettings.defaults().loadFirst();

    private static TestCluster cluster;

    @BeforeAll
    static void begin() {
        cluster = TestCluster.of(2, "gapless.reload-backoff { min = 10ms, max = 20ms }");
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    /** Its loads complete when the test says so. */
    private static final class Loading extends Recorder<Integer> {
        final List<CompletableFuture<Reload>> loads = new CopyOnWriteArrayList<>();

        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<Integer> expired) {
            super.onCursorExpired(expired);
            CompletableFuture<Reload> load = new CompletableFuture<>();
            loads.add(load);
            return load;
        }
    }

    @Test
    void theFirstLoadIsTriedUntilItSucceedsAndWhatIsPublishedMeanwhileFollows() {
        Topic<Integer> topic = Topic.of("loaded", Integer.class);
        Loading handler = new Loading();
        Subscription subscription = cluster.gapless(1).subscribe(topic, StartFrom.latest(), LOADING, handler);
        await(() -> handler.loads.size() == 1);
        assertEquals(List.of(), handler.expired().get(0).gaps());
        Producer<Integer> producer = cluster.gapless(0).producer(topic);
        IntStream.rangeClosed(1, 100).forEach(i -> get(producer.publish(i)));
        handler.loads.get(0).completeExceptionally(new IllegalStateException("database down"));
        await(() -> handler.loads.size() == 2);
        assertFalse(subscription.ready().toCompletableFuture().isDone());
        assertEquals(List.of(), handler.messages());
        handler.loads.get(1).complete(Reload.done());
        get(subscription.ready());
        await(() ->
                handler.messages().equals(IntStream.rangeClosed(1, 100).boxed().toList()));
        assertEquals(2, handler.expired().size());
    }

    @Test
    void whatTheFirstLoadReflectsIsNotDelivered() {
        Topic<Integer> topic = Topic.of("reflected", Integer.class);
        Recorder<Integer> other = new Recorder<>();
        Subscription position = cluster.gapless(1).subscribe(topic, StartFrom.latest(), other);
        get(position.ready());
        Loading handler = new Loading();
        Subscription subscription = cluster.gapless(1).subscribe(topic, StartFrom.latest(), LOADING, handler);
        await(() -> handler.loads.size() == 1);
        Producer<Integer> producer = cluster.gapless(0).producer(topic);
        IntStream.rangeClosed(1, 5).forEach(i -> get(producer.publish(i)));
        await(() -> other.messages().size() == 5
                && position.token()
                                .positions()
                                .get(cluster.gapless(0).nodeName())
                                .sequence()
                        == 5);
        handler.loads.get(0).complete(Reload.upTo(position.token()));
        get(subscription.ready());
        get(producer.publish(6));
        await(() -> handler.messages().equals(List.of(6)));
    }

    @Test
    void aPositionThatNeverWasIsToldAndSkipsNothing() {
        Topic<Integer> topic = Topic.of("invented", Integer.class);
        Producer<Integer> producer = cluster.gapless(0).producer(topic);
        Position first = get(producer.publish(1));
        Loading handler = new Loading();
        Subscription subscription = cluster.gapless(1).subscribe(topic, StartFrom.latest(), LOADING, handler);
        await(() -> handler.loads.size() == 1);
        String node = cluster.gapless(0).nodeName();
        Position invented = new Position(first.epoch(), 900);
        handler.loads
                .get(0)
                .complete(Reload.upTo(new CursorToken(
                        topic.name(),
                        subscription.token().cluster(),
                        System.currentTimeMillis(),
                        Map.of(node, invented))));
        await(() -> handler.loads.size() == 2);
        Gap gap = handler.expired().get(1).gaps().get(0);
        assertEquals(Reason.POSITION_UNKNOWN, gap.reason());
        assertEquals(node, gap.node());
        IntStream.rangeClosed(2, 5).forEach(i -> get(producer.publish(i)));
        handler.loads.get(1).complete(Reload.done());
        await(() -> handler.messages().equals(List.of(2, 3, 4, 5)));
    }

    @Test
    void whatThisNodeHasNotHeardOfYetIsSkippedAndComesNeverTwice() {
        Topic<Integer> topic = Topic.of("ahead", Integer.class);
        Producer<Integer> producer = cluster.gapless(0).producer(topic);
        get(producer.publish(1));
        Loading handler = new Loading();
        Subscription subscription = cluster.gapless(1).subscribe(topic, StartFrom.latest(), LOADING, handler);
        await(() -> handler.loads.size() == 1);
        String node = cluster.gapless(0).nodeName();
        String id = subscription.token().cluster();
        for (int i = 2; i <= 1_000; i++) {
            producer.send(i);
        }
        Position last = get(producer.publish(1_001)); // of which this node may have heard nothing yet
        handler.loads
                .get(0)
                .complete(
                        Reload.upTo(new CursorToken(topic.name(), id, System.currentTimeMillis(), Map.of(node, last))));
        get(producer.publish(1_002));
        await(() -> handler.messages().equals(List.of(1_002)));
        assertEquals(1, handler.expired().size());
    }

    @Test
    void aStreamBeginsWithTheLoad() {
        Topic<Integer> topic = Topic.of("streamed", Integer.class);
        Pair<Subscription, SinkQueueWithCancel<Event<Integer>>> reading = cluster.gapless(1)
                .source(topic, StartFrom.latest(), LOADING)
                .toMat(Sink.queue(), Keep.both())
                .run(cluster.system(1));
        CursorExpired<?> first = assertInstanceOf(
                CursorExpired.class, get(reading.second().pull()).orElseThrow());
        assertEquals(List.of(), first.gaps());
        CompletionStage<?> next = reading.second().pull(); // it has loaded
        get(reading.first().ready());
        get(cluster.gapless(0).producer(topic).publish(1));
        get(next);
        reading.second().cancel();
    }
}
