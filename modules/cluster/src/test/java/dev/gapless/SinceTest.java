package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gapless.core.Gap;
import dev.gapless.core.Reason;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Subscriptions that begin at a time. */
class SinceTest {
    private static TestCluster cluster;

    @BeforeAll
    static void start() {
        cluster = TestCluster.of(2, "gapless.topics.overwritten.buffer-messages = 10");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    /** Publishes these numbers, each in a millisecond of its own, and returns when each was published. */
    private static List<Instant> publish(Topic<Integer> topic, int count) {
        Recorder<Integer> recorder = new Recorder<>();
        Subscription subscription = cluster.gapless(0).subscribe(topic, StartFrom.latest(), recorder);
        get(subscription.ready());
        for (int i = 1; i <= count; i++) {
            long lastMs = System.currentTimeMillis();
            await(() -> System.currentTimeMillis() > lastMs);
            get(cluster.gapless(i % 2).producer(topic).publish(i));
            int published = i;
            await(() -> recorder.messages().contains(published));
        }
        get(subscription.cancel());
        return recorder.events().stream()
                .filter(event -> event instanceof Delivery)
                .map(event -> ((Delivery<Integer>) event).time())
                .toList();
    }

    @Test
    void rowB3_beginsWithWhatWasPublishedAtThatTimeAndGoesOnLive() {
        Topic<Integer> topic = Topic.of("past", Integer.class);
        List<Instant> times = publish(topic, 20);
        Recorder<Integer> recorder = new Recorder<>();
        get(cluster.gapless(1)
                .subscribe(topic, StartFrom.since(times.get(10)), recorder)
                .ready());
        get(cluster.gapless(0).producer(topic).publish(21));
        await(() -> recorder.messages().size() == 11);
        assertEquals(
                IntStream.rangeClosed(11, 21).boxed().toList(),
                recorder.messages().stream().sorted().toList());
        assertEquals(11, recorder.events().size());
    }

    /** What a subscription since then is given of the messages above 0. */
    private static List<Integer> since(Topic<Integer> topic, Instant time, int marker) {
        Recorder<Integer> recorder = new Recorder<>();
        Subscription subscription = cluster.gapless(1).subscribe(topic, StartFrom.since(time), recorder);
        get(subscription.ready());
        get(cluster.gapless(0).producer(topic).publish(-marker));
        get(cluster.gapless(1).producer(topic).publish(-marker));
        await(() -> recorder.messages().stream().filter(i -> i == -marker).count() == 2);
        get(subscription.cancel());
        assertEquals(List.of(), recorder.expired());
        return recorder.messages().stream().filter(i -> i > 0).sorted().toList();
    }

    @Test
    void rowB3_aMessageOfExactlyThatMillisecondIsDeliveredAndNoneBeforeIt() {
        Topic<Integer> topic = Topic.of("exactly", Integer.class);
        List<Instant> times = publish(topic, 3);
        assertEquals(List.of(2, 3), since(topic, times.get(1), 1));
        assertEquals(List.of(2, 3), since(topic, times.get(1).plusNanos(999_999), 2), "what is below is cut off");
        assertEquals(List.of(2, 3), since(topic, times.get(0).plusMillis(1), 3));
        assertEquals(List.of(3), since(topic, times.get(1).plusMillis(1), 4));
    }

    @Test
    void rowB3_aTimeBeforeTheRingIsToldFirst() {
        Topic<Integer> topic = Topic.of("overwritten", Integer.class);
        Instant before = Instant.now();
        Producer<Integer> producer = cluster.gapless(0).producer(topic);
        IntStream.rangeClosed(1, 100).forEach(i -> get(producer.publish(i)));
        Recorder<Integer> recorder = new Recorder<>();
        get(cluster.gapless(1)
                .subscribe(topic, StartFrom.since(before), recorder)
                .ready());
        await(() -> !recorder.expired().isEmpty()); // what is published until then may be missed, too
        get(producer.publish(101));
        await(() -> recorder.messages().contains(101));
        assertInstanceOf(CursorExpired.class, recorder.events().get(0));
        List<Gap> gaps = recorder.expired().get(0).gaps();
        assertEquals(Reason.OVERRUN, gaps.get(0).reason());
        assertEquals(1, gaps.get(0).firstMissing());
        assertEquals(101, gaps.get(0).missed() + recorder.messages().size());
    }

    @Test
    void rowB3_aTimeToComeIsAsGoodAsLatest() {
        Topic<Integer> topic = Topic.of("future", Integer.class);
        get(cluster.gapless(0).producer(topic).publish(1));
        Recorder<Integer> recorder = new Recorder<>();
        Instant tomorrow = Instant.now().plusSeconds(86_400);
        get(cluster.gapless(1)
                .subscribe(topic, StartFrom.since(tomorrow), recorder)
                .ready());
        get(cluster.gapless(0).producer(topic).publish(2));
        await(() -> recorder.messages().equals(List.of(2)));
        assertEquals(1, recorder.events().size());
    }

    @Test
    void aTimeThatNoMessageCanHaveIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> StartFrom.since(Instant.MAX));
    }
}
