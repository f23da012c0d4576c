package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Position;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.SinkQueueWithCancel;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class StreamsTest {
    private static TestCluster cluster;

    @BeforeAll
    static void start() {
        cluster = TestCluster.of(2, """
                gapless.topics {
                  slow { buffer-messages = 100, overflow = expire, backpressure-timeout = 5s }
                  flow { buffer-messages = 100, overflow = backpressure, max-pending-publishes = 2 }
                }
                """);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void aSinkPublishesInOrderAndASourceDeliversInOrder() {
        Topic<Integer> topic = Topic.of("numbers", Integer.class);
        ActorSystem there = cluster.system(1);
        Pair<Subscription, CompletionStage<List<Event<Integer>>>> reading = cluster.gapless(1)
                .source(topic, StartFrom.latest())
                .take(5000)
                .toMat(Sink.seq(), Keep.both())
                .run(there);
        get(reading.first().ready());
        CompletionStage<Done> published =
                Source.range(1, 5000).runWith(cluster.gapless(0).sink(topic), cluster.system(0));
        assertEquals(Done.getInstance(), get(published));
        List<Integer> numbers = get(reading.second()).stream()
                .map(event -> ((Delivery<Integer>) event).message())
                .toList();
        assertEquals(IntStream.rangeClosed(1, 5000).boxed().toList(), numbers);
        assertEquals(Ended.Reason.CANCELLED, get(reading.first().whenEnded()));
    }

    /** A subscription that is ready; its stream buffers one element. */
    private static Pair<Subscription, SinkQueueWithCancel<Event<Integer>>> readOneByOne(Topic<Integer> topic) {
        Pair<Subscription, SinkQueueWithCancel<Event<Integer>>> reading = cluster.gapless(1)
                .source(topic, StartFrom.latest())
                .toMat(
                        Sink.<Event<Integer>>queue()
                                .withAttributes(org.apache.pekko.stream.Attributes.inputBuffer(1, 1)),
                        Keep.both())
                .run(cluster.system(1));
        get(reading.first().ready());
        return reading;
    }

    @Test
    void aStreamIsASubscriptionOfItsNodeInTheMeters() {
        Topic<Integer> topic = Topic.of("counted", Integer.class);
        try (Measured node = new Measured(cluster.gapless(1))) {
            Pair<Subscription, SinkQueueWithCancel<Event<Integer>>> reading = readOneByOne(topic);
            await(() -> node.value("counted", "gapless.subscriptions", "state", "reading") == 1);
            reading.second().cancel();
            get(reading.first().whenEnded());
            assertEquals(0, node.value("counted", "gapless.subscriptions", "state", "reading"));
        }
    }

    @Test
    @DisplayName(
            "rowP3, slowSubscriberMailbox: without demand nothing is read, the ring goes on, and the reader is told what it missed")
    void withoutDemandTheReaderIsOvertakenAndTold() {
        Topic<Integer> topic = Topic.of("slow", Integer.class);
        Pair<Subscription, SinkQueueWithCancel<Event<Integer>>> reading = readOneByOne(topic);
        Producer<Integer> producer = cluster.gapless(0).producer(topic);
        for (int i = 1; i <= 1000; i++) {
            get(producer.publish(i));
        }
        long given = 0;
        long missed = 0;
        long last = 0;
        while (last < 1000) {
            Event<Integer> event = get(reading.second().pull()).orElseThrow();
            if (event instanceof Delivery<Integer> delivery) {
                given++;
                assertEquals(given + missed, delivery.position().sequence());
                last = delivery.message();
            } else {
                CursorExpired<Integer> expired = (CursorExpired<Integer>) event;
                assertEquals(given + missed + 1, expired.gaps().get(0).firstMissing());
                missed += expired.gaps().get(0).missed();
                last = Math.max(last, given + missed);
            }
        }
        assertEquals(1000, given + missed);
        assertEquals(true, missed >= 100, "missed " + missed);
        reading.second().cancel();
        get(reading.first().whenEnded());
    }

    @Test
    void aFlowPassesOnThePositionsAndKeepsToWhatMayWait() {
        Topic<Integer> topic = Topic.of("flow", Integer.class); // with backpressure, and two publishes may wait
        Recorder<Integer> slow = new Recorder<>() {
            @Override
            public void onMessage(Delivery<Integer> delivery) throws Exception {
                if (delivery.message() % 100 == 0) {
                    java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
                }
                super.onMessage(delivery);
            }
        };
        get(cluster.gapless(1).subscribe(topic, StartFrom.latest(), slow).ready());
        List<Position> positions =
                get(Source.range(1, 2000).via(cluster.gapless(0).flow(topic)).runWith(Sink.seq(), cluster.system(0)));
        assertEquals(
                LongStream.rangeClosed(1, 2000).boxed().toList(),
                positions.stream().map(Position::sequence).toList());
        await(() -> slow.messages().size() == 2000);
    }

    @Test
    void cancellingASubscriptionEndsItsStreamWithAWord() {
        Topic<Integer> topic = Topic.of("cancelled", Integer.class);
        Pair<Subscription, CompletionStage<List<Event<Integer>>>> reading = cluster.gapless(1)
                .source(topic, StartFrom.latest())
                .toMat(Sink.seq(), Keep.both())
                .run(cluster.system(1));
        get(reading.first().ready());
        assertEquals(Ended.Reason.CANCELLED, get(reading.first().cancel()));
        List<Event<Integer>> events = get(reading.second());
        assertEquals(1, events.size());
        assertInstanceOf(Ended.class, events.get(0));
        assertEquals(Ended.Reason.CANCELLED, get(reading.first().cancel()));
    }

    @Test
    void theTokenOfTheLastWordStandsBehindTheElementsThatWereDealtWith() {
        boolean inHand = false;
        for (int i = 0; i < 20 || (!inHand && i < 500); i++) { // the end meets an element on its way, or none
            inHand |= endsBehindWhatItGave(Topic.of("ends-in-hand-" + i, Integer.class));
        }
        assertTrue(inHand, "no end met an element");
    }

    /** {@return whether an element was on its way when the subscription ended} */
    private static boolean endsBehindWhatItGave(Topic<Integer> topic) {
        Pair<Subscription, SinkQueueWithCancel<Event<Integer>>> reading = readOneByOne(topic);
        Producer<Integer> producer = cluster.gapless(0).producer(topic);
        get(producer.publish(1));
        get(producer.publish(2));
        assertEquals(1, ((Delivery<Integer>) get(reading.second().pull()).orElseThrow()).message());
        get(reading.first().cancel());
        long given = 1;
        Event<Integer> event = get(reading.second().pull()).orElseThrow();
        while (event instanceof Delivery<Integer> delivery) {
            given = delivery.position().sequence();
            event = get(reading.second().pull()).orElseThrow();
        }
        Ended<Integer> ended = (Ended<Integer>) event;
        assertEquals(
                given,
                ended.token().positions().get(cluster.gapless(0).nodeName()).sequence());
        return given == 2;
    }

    @Test
    void theLastSubscriptionThatEndsTakesTheRegistrationsOff() {
        Topic<Integer> topic = Topic.of("deregistered", Integer.class);
        Recorder<Integer> recorder = new Recorder<>();
        Subscription subscription = cluster.gapless(1).subscribe(topic, StartFrom.latest(), recorder);
        get(subscription.ready());
        assertEquals(1, cursorsOf(topic.name()));
        get(subscription.cancel());
        await(() -> cursorsOf(topic.name()) == 0);
        assertEquals(1, recorder.ended().size());
    }

    private static long cursorsOf(String topic) {
        return get(cluster.gapless(0).status(java.time.Duration.ofSeconds(5))).stream()
                .filter(status -> status.node().equals(cluster.gapless(0).nodeName()))
                .flatMap(status -> status.topics().stream())
                .filter(status -> status.topic().equals(topic) && status.producer() != null)
                .mapToLong(status -> status.producer().cursors().size())
                .sum();
    }
}
