package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.pekko.actor.ActorSystem;
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
            get(cluster.system(1).getWhenTerminated());
            assertSaidOnce(logged, removed);
            assertEquals(Health.State.REMOVED, removed.health().state());
            removed.onRemoved(told::add); // who comes late is told, too
            await(() -> told.size() == 2);
            assertEquals(told.get(0), told.get(1));
            assertTrue(stays.health().isUp());
        }
    }

    @Test
    void aNodeThatIsRemovedAndWhoseActorSystemStaysUpTellsTheSame() {
        try (TestCluster cluster = TestCluster.of(2, "pekko.cluster.run-coordinated-shutdown-when-down = off");
                Logged logged = new Logged()) {
            Gapless removed = cluster.gapless(1);
            List<Removed> told = new CopyOnWriteArrayList<>();
            removed.onRemoved(told::add);

            Cluster.get(cluster.system(0)).down(Cluster.get(cluster.system(1)).selfAddress());

            await(() -> told.size() == 1);
            assertEquals(Health.State.REMOVED, removed.health().state());
            assertFalse(
                    cluster.system(1).getWhenTerminated().toCompletableFuture().isDone());
            assertSaidOnce(logged, removed);
        }
    }

    /** One line besides those of what ends with it, and that names the node: whoever must act needs no second. */
    private static void assertSaidOnce(Logged logged, Gapless removed) {
        List<String> lines = logged.lines(Level.ERROR).stream()
                .filter(line -> !line.startsWith("The subscription to topic"))
                .filter(line -> !line.startsWith("What Gapless.onRemoved was given failed"))
                .toList();
        assertEquals(1, lines.size(), lines::toString);
        assertTrue(
                lines.get(0).contains(removed.nodeName()) && lines.get(0).contains("stale from now on"),
                lines::toString);
    }

    /** It only becomes another one as a new process: what never was a member says that, and not that somebody removed it. */
    @Test
    void aNodeThatCouldNotJoinSaysThat() throws Exception {
        try (ServerSocket nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ActorSystem system = ActorSystem.create("test", TestCluster.config("""
                    pekko.cluster {
                      seed-nodes = ["pekko://test@127.0.0.1:%d"]
                      shutdown-after-unsuccessful-join-seed-nodes = 1s
                    }
                    """.formatted(nobody.getLocalPort())));
            Gapless gapless = Gapless.get(system);
            get(system.getWhenTerminated());
            assertEquals(Health.State.REMOVED, gapless.health().state());
            String reason = gapless.health().reason();
            assertTrue(reason.startsWith("it could not join the cluster"), reason);
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
