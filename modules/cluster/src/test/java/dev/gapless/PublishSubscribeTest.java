package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PublishSubscribeTest {
    private static TestCluster cluster;

    @BeforeAll
    static void start() {
        cluster = TestCluster.of(2, "");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    @DisplayName("rowP1, localSubscriberTwice: every subscriber gets each message once, on the publishing node too")
    void deliversEachMessageOnceToEverySubscriberHereAndThere() {
        Topic<String> topic = Topic.of("rowP1", String.class);
        Recorder<String> here = new Recorder<>();
        Recorder<String> there = new Recorder<>();
        Recorder<String> thereToo = new Recorder<>();
        Subscription first = cluster.gapless(0).subscribe(topic, StartFrom.latest(), here);
        Subscription second = cluster.gapless(1).subscribe(topic, StartFrom.latest(), there);
        Subscription third = cluster.gapless(1).subscribe(topic, StartFrom.latest(), thereToo);
        assertEquals(new Ready(java.util.Set.of()), get(first.ready()));
        get(second.ready());
        get(third.ready());

        Producer<String> producer = cluster.gapless(0).producer(topic);
        List<String> published = IntStream.range(0, 1000).mapToObj(i -> "m" + i).toList();
        published.forEach(producer::publish);

        for (Recorder<String> recorder : List.of(here, there, thereToo)) {
            await(() -> recorder.messages().size() >= published.size());
            assertEquals(published, recorder.messages());
            assertEquals(published.size(), recorder.events().size());
        }
    }
}
