package dev.gapless.durable;

import static dev.gapless.durable.TestNode.await;
import static dev.gapless.durable.TestNode.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.PublishUnknown;
import dev.gapless.StartFrom;
import dev.gapless.durable.TestNode.Received;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that are gone, and whose stored messages another member gives to whoever lacks them. */
@Tag("thorough")
@Tag("day2")
@Timeout(180)
class TakeOverTest {
    private static final String SETTINGS = """
        pekko {
          remote.artery.advanced.test-mode = on # links can be cut
          coordinated-shutdown.phases { cluster-exiting.timeout = 1s, cluster-exiting-done.timeout = 1s, cluster-leave.timeout = 1s }
        }
        gapless { journal.take-over-after = 1s, register-backoff.max = 500ms, drain-timeout = 1s, stuck-transport-timeout = 1s }
        """;

    /** Who lacks something may ask for two minutes. */
    private static final String STAYS = "gapless.register-backoff.max = 60s\n";

    private static final String UNTIL_5_S = "gapless.durable-return-timeout = 5s\n";

    private static PostgresServer server;

    @TempDir
    Path directory;

    @BeforeAll
    static void startServer() {
        server = PostgresServer.start();
    }

    @AfterAll
    static void endServer() {
        server.close();
    }

    private static String config(String more) {
        return SETTINGS + server.config() + more;
    }

    /** Two members that read what a third one publishes, which is cut off then, and publishes on. */
    private final class Cluster implements AutoCloseable {
        final TestNode first;
        final TestNode second;
        final TestNode owner;
        final Received received;

        Cluster(String topic, String config) {
            first = TestNode.start("first", directory, null, config(config));
            second = TestNode.start("second", directory, first, config(config));
            owner = TestNode.start(topic + "-owner", directory, first, config(config));
            received = first.subscribe(topic, StartFrom.latest());
            owner.publishOnceOpen(topic, "one");
            received.await("one");
            owner.cutOff(first, second);
            assertEquals(2, get(owner.producer(topic).publish("two")).sequence());
            assertEquals(List.of("one"), received.events, "nobody has what was published since");
            second.remove(owner);
        }

        /** A stand-in came, and has left again. */
        void awaitEndOfStandIn() {
            await(() -> first.members().size() == 2 && second.members().size() == 2);
        }

        @Override
        public void close() {
            owner.close();
            second.close();
            first.close();
        }
    }

    @Test
    @DisplayName(
            "a node that is gone for ever: another member gives what it stored to whoever lacks it, nobody is told anything, and it leaves")
    void goneForEver() {
        try (Cluster cluster = new Cluster("gone", "")) {
            cluster.received.await("one", "two");
            cluster.awaitEndOfStandIn();
            Received all = cluster.second.subscribe("gone", StartFrom.latest());
            cluster.first.publishOnceOpen("gone", "three");
            all.await("three");
            cluster.received.await("one", "two", "three");
        }
    }

    @Test
    @DisplayName("a node that was only cut off is fenced: it publishes nothing more, and ends")
    void onlyCutOff() {
        try (Cluster cluster = new Cluster("cut", "gapless.backpressure-timeout = 60s")) {
            cluster.received.await("one", "two");
            CompletionException failed = assertThrows(
                    CompletionException.class,
                    () -> get(cluster.owner.producer("cut").publish("three")));
            assertTrue(failed.getCause() instanceof PublishUnknown, failed::toString);
            cluster.owner.awaitEnd();
            cluster.awaitEndOfStandIn();
            try (TestNode again = TestNode.start("cut-owner", directory, cluster.first, config(""))) {
                again.publishOnceOpen("cut", "four");
                cluster.received.await("one", "two", "four");
            }
        }
    }

    @Test
    @DisplayName(
            "a node that comes back while it is stood in for gets in, and publishes: the stand-in goes, and nobody lacks anything")
    void comesBack() {
        try (Cluster cluster = new Cluster("back", STAYS)) {
            cluster.received.await("one", "two");
            assertEquals(List.of("back-owner"), cluster.first.stoodInFor(), "the stand-in is there yet");
            try (TestNode again = TestNode.start("back-owner", directory, cluster.first, config(""))) {
                again.publishOnceOpen("back", "three");
                cluster.received.await("one", "two", "three");
                await(() -> cluster.first.members().size() == 3); // the stand-in has left
                assertTrue(again.isUp());
                assertEquals(List.of(), cluster.first.stoodInFor());
            }
        }
    }

    @Test
    @DisplayName("two stand-ins for one node do no harm: one of them goes")
    void twoAtOnce() {
        String standsIn = STAYS + "gapless.publishing = off\npekko.cluster.roles = [\"gapless-stand-in\"]";
        try (Cluster cluster =
                new Cluster("two", "gapless { journal.take-over-after = 60s, register-backoff.max = 60s }")) {
            try (TestNode one = TestNode.join("two-owner", directory, cluster.first, config(standsIn));
                    TestNode other = TestNode.join("two-owner", directory, cluster.second, config(standsIn))) {
                await(() -> one.hasEnded() || other.hasEnded()); // at once, maybe: it need not be seen that both are up
                cluster.received.await("one", "two");
                await(() -> cluster.first.members().size() == 3);
                assertTrue(one.hasEnded() != other.hasEnded());
            }
            cluster.awaitEndOfStandIn();
            cluster.received.await("one", "two");
        }
    }

    @Test
    @DisplayName("with take-over-after = off who lacks something is told after durable-return-timeout, as before")
    void off() {
        try (Cluster cluster =
                new Cluster("off", "gapless { journal.take-over-after = off, durable-return-timeout = 3s }")) {
            cluster.received.await("one", "PRODUCER_LOST");
            assertEquals(2, cluster.first.members().size());
        }
    }

    @Test
    @DisplayName("a stand-in ends with the node that runs it, in good order")
    void endsWithItsNode() {
        try (Cluster cluster = new Cluster("ends", STAYS)) {
            cluster.received.await("one", "two");
            assertEquals(3, cluster.second.members().size(), "the stand-in is there");
            cluster.first.close();
            await(() -> cluster.second.members().size() == 1);
        }
    }

    @Test
    @DisplayName("while the database is away nothing stands in: who lacks something is told as before")
    void theDatabaseIsAway() {
        try (Cluster cluster = new Cluster("away", UNTIL_5_S + "gapless.store-timeout = 1s")) {
            server.kill();
            cluster.received.await("one", "PRODUCER_LOST");
            assertEquals(2, cluster.first.members().size());
        } finally {
            server.up();
        }
    }

    @Test
    @DisplayName("a stand-in that cannot listen at its port is none: who lacks something is told as before")
    void cannotListen() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Cluster cluster =
                        new Cluster("deaf", UNTIL_5_S + "gapless.journal.stand-in-port = " + taken.getLocalPort())) {
            cluster.received.await("one", "PRODUCER_LOST");
            assertEquals(2, cluster.first.members().size());
        }
    }

    @Test
    @DisplayName(
            "a stand-in that a member cannot hear does not join: the members would take each other for unreachable")
    void cannotBeHeard() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try (Cluster cluster = new Cluster(
                "unheard",
                "gapless { durable-return-timeout = 9s, journal { take-over-after = 3s, stand-in-port = " + port
                        + " } }")) {
            cluster.second.cutOff(port);
            cluster.received.await("one", "PRODUCER_LOST");
            assertEquals(2, cluster.first.members().size());
            assertEquals(0, cluster.first.unreachable());
        }
    }
}
