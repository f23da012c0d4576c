package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Gap;
import dev.gapless.core.Reason;
import java.util.List;
import org.apache.pekko.cluster.Cluster;
import org.junit.jupiter.api.Test;

/** What docs/operations.md says of restarts, beside what the tests over several JVMs show. */
class OperationsTest {
    private static String named(String node) {
        return "gapless { node-name = " + node + ", producer-return-timeout = 1s }";
    }

    @Test
    void aRestartInGoodOrderCostsTheOthersNothingAndItselfOneReload() {
        try (TestCluster cluster = new TestCluster()) {
            Topic<Integer> topic = Topic.of("rolling", Integer.class);
            cluster.join(named("n1"));
            cluster.awaitUp(1);
            cluster.join(named("n2"));
            cluster.awaitUp(2);
            Recorder<Integer> staying = new Recorder<>();
            Recorder<Integer> before = new Recorder<>();
            get(cluster.gapless(0).subscribe(topic, StartFrom.latest(), staying).ready());
            get(cluster.gapless(1).subscribe(topic, StartFrom.latest(), before).ready());
            get(cluster.gapless(0).producer(topic).publish(1));
            get(cluster.gapless(1).producer(topic).publish(2));
            await(() -> staying.messages().size() == 2 && before.messages().size() == 2);

            cluster.leave(1);
            CursorToken token = before.ended().get(0).token();
            await(() -> Cluster.get(cluster.system(0)).state().members().size() == 1);
            get(cluster.gapless(0).producer(topic).publish(3)); // while it is away
            cluster.join(named("n2"));
            cluster.awaitUpAmong(0, 2);
            cluster.awaitUpAmong(2, 2);
            Recorder<Integer> after = new Recorder<>();
            get(cluster.gapless(2)
                    .subscribe(topic, StartFrom.token(token), after)
                    .ready());
            get(cluster.gapless(2).producer(topic).publish(4));

            await(() -> after.messages().size() == 2 && staying.messages().size() == 4);
            assertEquals(List.of(), staying.expired());
            assertEquals(1, staying.left().size());
            List<Gap> gaps = after.expired().stream()
                    .flatMap(expired -> expired.gaps().stream())
                    .toList();
            assertEquals(1, gaps.size(), gaps::toString);
            assertEquals("n2", gaps.get(0).node(), "of itself: its ring ended with its process");
            assertEquals(Reason.PRODUCER_RESTARTED, gaps.get(0).reason());
            assertEquals(List.of(3, 4), after.messages().stream().sorted().toList());
        }
    }
}
