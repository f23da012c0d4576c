package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Subscriptions to a part of a topic. */
class FilterTest {
    private static TestCluster cluster;

    @BeforeAll
    static void start() {
        cluster = TestCluster.of(
                2,
                "gapless.topics { overtaken.buffer-messages = 50, hidden { buffer-messages = 50, reload-jitter = 0s } }");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static SubscriptionSettings nodes(int... indices) {
        return SubscriptionSettings.defaults()
                .withNodes(IntStream.of(indices)
                        .mapToObj(i -> cluster.gapless(i).nodeName())
                        .toList());
    }

    private static <T> Subscription subscribe(Topic<T> topic, SubscriptionSettings settings, Recorder<T> recorder) {
        Subscription subscription = cluster.gapless(1).subscribe(topic, StartFrom.latest(), settings, recorder);
        get(subscription.ready());
        return subscription;
    }

    @Test
    void deliversTheKeysThatAreAskedForExactlyOrByTheirBeginning() {
        Topic<String> topic = Topic.of("keys", String.class);
        Recorder<String> recorder = new Recorder<>();
        subscribe(topic, SubscriptionSettings.defaults().withKeys("a", "b/*", "c*"), recorder);
        Producer<String> producer = cluster.gapless(0).producer(topic);
        for (String key : List.of("a", "a/x", "aa", "b", "b/", "b/1/2", "c", "cc", "d", "", "*")) {
            producer.publish(key, key);
        }
        producer.publish("without a key");
        producer.delete("b/1/2");
        producer.delete("d");
        producer.publish("a", "end");
        await(() -> recorder.messages().contains("end"));
        assertEquals(
                List.of("a", "b/", "b/1/2", "c", "cc", "b/1/2 deleted", "end"),
                recorder.events().stream()
                        .map(event -> (Delivery<String>) event)
                        .map(d -> d.isDeleted() ? d.key() + " deleted" : d.message())
                        .toList());
    }

    @Test
    void deliversTheNodesThatAreAskedFor() {
        Topic<Integer> topic = Topic.of("nodes", Integer.class);
        Recorder<Integer> here = new Recorder<>();
        Recorder<Integer> there = new Recorder<>();
        Recorder<Integer> both = new Recorder<>();
        Recorder<Integer> neither = new Recorder<>();
        subscribe(topic, nodes(1), here);
        subscribe(topic, nodes(0), there);
        subscribe(topic, nodes(0, 1), both);
        Subscription none = subscribe(topic, SubscriptionSettings.defaults().withNodes("nobody"), neither);
        for (int i = 1; i <= 1000; i++) {
            get(cluster.gapless(i % 2).producer(topic).publish(i));
        }
        await(() -> both.messages().size() == 1000);
        await(() -> here.messages().size() == 500 && there.messages().size() == 500);
        assertEquals(Set.of(1), here.messages().stream().map(i -> i % 2).collect(Collectors.toSet()));
        assertEquals(Set.of(0), there.messages().stream().map(i -> i % 2).collect(Collectors.toSet()));
        await(() -> none.token().positions().values().stream()
                .map(Position::sequence)
                .toList()
                .equals(List.of(500L, 500L)));
        assertEquals(List.of(), neither.events());
    }

    @Test
    void whatIsLeftOutIsNotDecodedAndATokenResumesBehindIt() {
        Topic<Integer> numbers = Topic.of("mixed", Integer.class);
        Topic<Payload> others = Topic.of("mixed", Payload.class);
        Payload unknown = new Payload(4711, "unknown", new byte[] {1});
        Recorder<Integer> recorder = new Recorder<>();
        Subscription subscription =
                subscribe(numbers, SubscriptionSettings.defaults().withKeys("n"), recorder);
        get(cluster.gapless(0).producer(others).publish("t", unknown));
        get(cluster.gapless(0).producer(numbers).publish("n", 7));
        await(() -> recorder.messages().equals(List.of(7)));
        get(cluster.gapless(0).producer(others).publish("t", unknown));
        await(() ->
                subscription.token().positions().containsValue(lastOf(recorder).next()));
        assertEquals(1, recorder.events().size());
        Recorder<Integer> resumed = new Recorder<>();
        get(cluster.gapless(1)
                .subscribe(
                        numbers,
                        StartFrom.token(subscription.token()),
                        SubscriptionSettings.defaults().withKeys("n"),
                        resumed)
                .ready());
        get(cluster.gapless(0).producer(numbers).publish("n", 8));
        await(() -> resumed.events().size() == 1);
        assertEquals(List.of(8), resumed.messages());
    }

    private static boolean isBehind(Subscription subscription, long sequence) {
        return subscription.token().positions().values().stream().anyMatch(at -> at.sequence() == sequence);
    }

    private static Position lastOf(Recorder<Integer> recorder) {
        List<Event<Integer>> events = recorder.events();
        return ((Delivery<Integer>) events.get(events.size() - 1)).position();
    }

    @Test
    void filterHidesGap_whoeverAsksForKeysIsToldOfAGapWhateverKeysItHad() {
        Topic<Integer> topic = Topic.of("hidden", Integer.class);
        Recorder<Integer> all = new Recorder<>();
        Recorder<Integer> some = new Recorder<>();
        Recorder<Integer> nothing = new Recorder<>();
        subscribe(topic, SubscriptionSettings.defaults(), all);
        Subscription filtered = subscribe(topic, SubscriptionSettings.defaults().withKeys("wanted"), some);
        Subscription unmatched =
                subscribe(topic, SubscriptionSettings.defaults().withKeys("never/*"), nothing);
        Producer<Integer> producer = cluster.gapless(0).producer(topic);
        filtered.pause();
        unmatched.pause();
        for (int i = 1; i <= 199; i++) { // none of them is wanted, and the ring has the last 50
            get(producer.publish("other", i));
            int last = i;
            await(() -> all.messages().contains(last));
        }
        filtered.resume();
        unmatched.resume();
        await(() -> some.expired().size() == 1 && nothing.expired().size() == 1);
        for (Subscription reading : List.of(filtered, unmatched)) { // else the next one may overtake it again
            await(() -> isBehind(reading, 199));
        }
        get(producer.publish("wanted", 200));
        await(() -> some.messages().equals(List.of(200)));
        for (Recorder<Integer> told : List.of(some, nothing)) {
            Gap gap = told.expired().get(0).gaps().get(0);
            assertTrue(gap.firstMissing() <= 2, gap::toString); // the first may have been read while it paused
            long next = gap.firstMissing() + gap.missed();
            assertTrue(150 <= next && next <= 200, gap::toString);
            assertEquals(0, told.events().indexOf(told.expired().get(0)));
        }
        await(() -> isBehind(unmatched, 200));
        assertEquals(1, nothing.events().size(), () -> nothing.events().toString());
        assertEquals(200, all.events().size());
    }

    @Test
    void gapsOfNodesThatAreLeftOutPassAndOthersAreTold() {
        Topic<Integer> topic = Topic.of("overtaken", Integer.class);
        CountDownLatch latch = new CountDownLatch(1);
        class Stuck extends Recorder<Integer> {
            @Override
            public void onMessage(Delivery<Integer> delivery) throws Exception {
                super.onMessage(delivery);
                latch.await();
            }
        }
        Recorder<Integer> there = new Stuck();
        Recorder<Integer> here = new Stuck();
        Recorder<Integer> all = new Stuck();
        subscribe(topic, nodes(0), there);
        subscribe(topic, nodes(1), here);
        subscribe(topic, SubscriptionSettings.defaults(), all);
        get(cluster.gapless(0).producer(topic).publish(0));
        await(() -> there.messages().size() == 1 && all.messages().size() == 1); // before another node's comes between
        get(cluster.gapless(1).producer(topic).publish(0));
        await(() -> here.messages().size() == 1);
        for (int i = 1; i <= 1000; i++) {
            get(cluster.gapless(1).producer(topic).publish(i));
        }
        latch.countDown();
        get(cluster.gapless(0).producer(topic).publish(1));
        await(() -> there.messages().equals(List.of(0, 1)));
        assertEquals(List.of(), there.expired());
        await(() -> !here.expired().isEmpty() && !all.expired().isEmpty());
        for (Recorder<Integer> told : List.of(here, all)) {
            Gap gap = told.expired().get(0).gaps().get(0);
            assertEquals(cluster.gapless(1).nodeName(), gap.node());
            assertEquals(Reason.OVERRUN, gap.reason());
        }
    }

    @Test
    void aStreamIsFilteredLikewise() {
        Topic<Integer> topic = Topic.of("stream", Integer.class);
        var reading = cluster.gapless(1)
                .source(
                        topic,
                        StartFrom.latest(),
                        SubscriptionSettings.defaults().withKeys("even"))
                .take(3)
                .map(event -> ((Delivery<Integer>) event).message())
                .toMat(Sink.seq(), org.apache.pekko.stream.javadsl.Keep.both())
                .run(cluster.system(1));
        get(reading.first().ready());
        Producer<Integer> producer = cluster.gapless(0).producer(topic);
        for (int i = 1; i <= 12_000; i++) { // far more than it looks at in one turn
            producer.publish(i % 4000 == 0 ? "even" : "odd", i);
        }
        assertEquals(List.of(4000, 8000, 12_000), get(reading.second()));
    }

    @Test
    void aFilterOfNothingIsRefused() {
        SubscriptionSettings all = SubscriptionSettings.defaults();
        assertThrows(IllegalArgumentException.class, all::withNodes);
        assertThrows(IllegalArgumentException.class, all::withKeys);
        assertThrows(IllegalArgumentException.class, () -> all.withNodes(""));
    }
}
