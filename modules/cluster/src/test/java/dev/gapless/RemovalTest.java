package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.pekko.cluster.Cluster;
import org.junit.jupiter.api.Test;

/** A node that the others have removed says so, to whoever asks and whoever does not. */
class RemovalTest {
    private static final Topic<String> TOPIC = Topic.of("removed", String.class);

    @Test
    void aNodeThatIsRemovedTellsItsHooksItsHealthAndItsLog() {
        try (TestCluster cluster = TestCluster.of(2, "");
                Logged logged = new Logged()) {
            Gapless stays = cluster.gapless(0);
            Gapless removed = cluster.gapless(1);
            assertTrue(removed.health().isUp(), () -> removed.health().toString());
            List<Removed> told = new CopyOnWriteArrayList<>();
            removed.onRemoved(told::add);
            removed.onRemoved(hostile -> {
                throw new IllegalStateException("for a test");
            });
            stays.onRemoved(never -> told.add(new Removed("the other", "")));
            Subscription subscription = removed.subscribe(TOPIC, StartFrom.latest(), new Recorder<>());
            get(subscription.ready());

            Cluster.get(cluster.system(0)).down(Cluster.get(cluster.system(1)).selfAddress());

            assertEquals(Ended.Reason.SHUTDOWN, get(subscription.whenEnded()));
            await(() -> told.size() == 1);
            assertEquals(removed.nodeName(), told.get(0).node());
            assertEquals(Health.State.REMOVED, removed.health().state());
            assertFalse(removed.health().isUp());
            assertEquals(
                    1,
                    logged.lines(Level.ERROR, removed.nodeName(), "stale from now on")
                            .size());
            get(cluster.system(1).getWhenTerminated());
            assertEquals(Health.State.REMOVED, removed.health().state());
            removed.onRemoved(told::add); // who comes late is told, too
            await(() -> told.size() == 2);
            assertEquals(told.get(0), told.get(1));
            assertTrue(stays.health().isUp());
        }
    }

    @Test
    void aNodeThatLeavesIsClosedAndNotRemoved() {
        try (TestCluster cluster = TestCluster.of(1, "");
                Logged logged = new Logged()) {
            Gapless gapless = cluster.gapless(0);
            List<Removed> told = new CopyOnWriteArrayList<>();
            gapless.onRemoved(told::add);
            cluster.system(0).terminate();
            get(cluster.system(0).getWhenTerminated());
            assertEquals(Health.State.CLOSED, gapless.health().state());
            assertEquals(List.of(), told);
            assertEquals(List.of(), logged.lines(Level.ERROR));
        }
    }
}
