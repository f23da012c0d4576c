package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import ch.qos.logback.classic.Level;
import dev.gapless.core.Reason;
import dev.gapless.core.node.ShardSettings;
import dev.gapless.internal.node.Provoke;
import java.time.Duration;
import java.util.List;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The self-check of each subscription: a hole in what it reads, which no fault can make, is told, counted, and logged. */
class OrderViolationTest {
    /** Where each producer is read by itself the number of the message that comes next is asked for: what is not here is fetched. */
    @BeforeAll
    static void onlyOfAFeed() {
        assumeFalse(ShardSettings.isByPlaces());
    }

    @Test
    void aHoleIsToldAsAGapAndSeenInMeterStatusAndLog() {
        Topic<Integer> topic = Topic.of("holed", Integer.class);
        try (TestCluster cluster = TestCluster.of(2, "gapless.loss-log-interval = 0s");
                Measured measured = new Measured(cluster.gapless(1));
                Logged logged = new Logged()) {
            Recorder<Integer> recorder = new Recorder<>() {
                @Override
                public OnFailure onUndecodable(Undecodable<Integer> undecodable) {
                    note(undecodable);
                    return OnFailure.SKIP; // what the test puts behind the hole is no message
                }
            };
            Recorder<Integer> stream = new Recorder<>();
            get(cluster.gapless(1)
                    .subscribe(topic, StartFrom.latest(), recorder)
                    .ready());
            get(cluster.gapless(1)
                    .source(topic, StartFrom.latest())
                    .to(Sink.foreach(stream::note))
                    .run(cluster.system(1))
                    .ready());
            Producer<Integer> producer = cluster.gapless(0).producer(topic);
            get(producer.publish(1));
            await(() -> recorder.messages().size() == 1 && stream.messages().size() == 1);
            await(() -> measured.value("holed", "gapless.order.violations") == 0); // its meters have come

            String node = cluster.gapless(0).nodeName();
            for (int round = 1; round <= 2; round++) {
                Provoke.hole(cluster.system(1), "holed", node);
                get(producer.publish(2)); // wakes them
                get(producer.publish(3));
                get(producer.publish(4));
                int holes = round;
                await(() ->
                        recorder.expired().size() == holes && stream.expired().size() == holes);
            }
            recorder.expired()
                    .forEach(expired -> assertEquals(
                            Reason.POSITION_UNKNOWN, expired.gaps().get(0).reason()));
            assertEquals(4, measured.value("holed", "gapless.order.violations"));
            assertEquals(4, measured.value("holed", "gapless.subscription.expiries", "reason", "position_unknown"));
            List<Long> violations = get(cluster.gapless(1).status(Duration.ofSeconds(5))).stream()
                    .filter(status -> status.node().equals(cluster.gapless(1).nodeName()))
                    .flatMap(status -> status.topics().get(0).consumer().subscriptions().stream())
                    .map(NodeStatus.SubscriptionStatus::violations)
                    .toList();
            assertEquals(List.of(2L, 2L), violations);
            // The consumer has answered, and so has logged whatever it was told before.
            List<String> errors = logged.lines(Level.ERROR, "Topic holed", "defect of Gapless");
            assertEquals(2, errors.size(), () -> "once for each subscription: " + errors);
        }
    }
}
