package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.StreamSupport;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.MemberStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Nodes of an application that start so that there is one cluster. */
class ClusterFormationTest {
    private final List<ActorSystem> systems = new ArrayList<>();

    @AfterEach
    void end() {
        systems.forEach(ActorSystem::terminate);
        systems.forEach(system -> get(system.getWhenTerminated()));
    }

    private static int free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** With so short a timeout plain Pekko forms a second cluster at once. */
    private static String config(int port, int... seeds) {
        List<String> addresses = new ArrayList<>();
        for (int seed : seeds) {
            addresses.add("\"pekko://test@127.0.0.1:" + seed + "\"");
        }
        return "pekko.remote.artery.canonical.port = " + port + "\npekko.cluster.seed-node-timeout = 20ms"
                + "\npekko.cluster.seed-nodes = " + addresses;
    }

    private ActorSystem start(int port, int... seeds) {
        ActorSystem system = ClusterFormation.start("test", TestCluster.config(config(port, seeds)));
        systems.add(system);
        return system;
    }

    private static boolean isUp(ActorSystem system) {
        return Cluster.get(system).selfMember().status().equals(MemberStatus.up());
    }

    private static long members(ActorSystem system) {
        return StreamSupport.stream(Cluster.get(system).state().getMembers().spliterator(), false)
                .count();
    }

    @Test
    @DisplayName("where nobody listens the first seed node forms the cluster, and the others join it")
    void forms() throws IOException {
        int first = free();
        int second = free();
        ActorSystem one = start(first, first, second);
        await(() -> isUp(one));
        ActorSystem two = start(second, first, second);
        await(() -> isUp(two) && members(one) == 2 && members(two) == 2);
    }

    @Test
    @Tag("thorough") // it takes six seconds until it says so
    @DisplayName("while another seed node listens and does not answer no cluster is formed, and that is logged")
    void waitsForWhoIsSilent() throws IOException {
        ActorSystem system;
        try (ServerSocket standsStill = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Logged logged = new Logged()) {
            int port = free();
            system = start(port, port, standsStill.getLocalPort());
            await(() -> !logged.lines(Level.WARN, "waits for seed node 127.0.0.1:" + standsStill.getLocalPort())
                    .isEmpty());
            assertEquals(0, members(system));
        }
        await(() -> isUp(system)); // the other one has ended
        assertEquals(1, members(system));
    }

    @Test
    @DisplayName(
            "without seed nodes a source names nodes, and the first of them forms the cluster once it knows that nobody else has one")
    void joinsWhomASourceNames() throws IOException {
        int first = free();
        int second = free();
        List<String> both = List.of("127.0.0.1:" + first, "127.0.0.1:" + second);
        ActorSystem one = start(first);
        ActorSystem two = start(second);
        AtomicBoolean isKnown = new AtomicBoolean();
        List<String> asked = new ArrayList<>();
        ClusterFormation.join(two, () -> both);
        ClusterFormation.join(one, () -> {
            if (!isKnown.get()) {
                asked.add("");
                isKnown.set(asked.size() > 3);
                throw new IOException("no name service");
            }
            return both;
        });
        await(() -> isUp(one) && isUp(two) && members(one) == 2 && members(two) == 2);
        assertTrue(asked.size() > 3);
        assertEquals(
                Cluster.get(one).state().getLeader(), Cluster.get(two).state().getLeader());
    }

    @Test
    @DisplayName("who has seed nodes joins these")
    void hasSeedNodes() throws IOException {
        int port = free();
        ActorSystem system = start(port, port);
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> ClusterFormation.join(system, List::of));
        assertTrue(refused.getMessage().contains("pekko.cluster.seed-nodes"), refused::getMessage);
        assertFalse(refused.getMessage().isEmpty());
    }
}
