package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import ch.qos.logback.classic.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.MemberStatus;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A node whose configured seed nodes are not all members of its cluster: another cluster may be theirs. */
class SeedNodesTest {
    private static final Topic<String> TOPIC = Topic.of("seeds", String.class);

    /** It does not join by itself: the first of the seed nodes may never be there. */
    private static ActorSystem system(int seedPort, String readyTimeout) {
        ActorSystem system = ActorSystem.create(
                "test",
                TestCluster.config("gapless.ready-timeout = " + readyTimeout
                        + "\npekko.cluster.seed-nodes = [\"pekko://test@127.0.0.1:" + seedPort + "\"]"));
        Cluster cluster = Cluster.get(system);
        cluster.join(cluster.selfAddress());
        await(() -> cluster.selfMember().status().equals(MemberStatus.up()));
        return system;
    }

    private static Set<String> silent(ActorSystem system) {
        return get(Gapless.get(system)
                        .subscribe(TOPIC, StartFrom.latest(), new Recorder<String>())
                        .ready())
                .silent();
    }

    private static void end(ActorSystem system) {
        system.terminate();
        get(system.getWhenTerminated());
    }

    @Test
    @DisplayName(
            "ruleC10: a seed node that listens and is no member is waited for, and then named, and logged if it remains so")
    void aSeedNodeThatIsNoMemberIsNamed() throws Exception {
        try (ServerSocket elsewhere = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Logged logged = new Logged()) {
            String name = "127.0.0.1:" + elsewhere.getLocalPort();
            // On a busy machine the node itself may be silent for a second.
            ActorSystem system = system(elsewhere.getLocalPort(), "5s");
            try {
                assertEquals(Set.of(name), silent(system));
                assertEquals(Set.of(name), silent(system), "of each subscription");
                await(() -> logged.lines(Level.WARN, "Seed node " + name).size() == 1);
            } finally {
                end(system);
            }
        }
    }

    @Test
    @DisplayName("ruleC10: a seed node where nobody listens does not hold up ready")
    void aSeedNodeThatDoesNotListenIsNotWaitedFor() throws Exception {
        try (Socket taken = new Socket()) {
            taken.bind(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)); // nor does anybody else get this port
            ActorSystem system = system(taken.getLocalPort(), "1h");
            try {
                assertEquals(Set.of(), silent(system));
            } finally {
                end(system);
            }
        }
    }

    @Test
    @DisplayName("ruleC10: a seed node that joins is waited for until it is a member")
    void aSeedNodeThatJoinsIsWaitedFor() {
        ActorSystem seed = ActorSystem.create("test", TestCluster.config(""));
        int port = Cluster.get(seed).selfAddress().getPort().orElseThrow();
        ActorSystem system = system(port, "1h");
        try {
            Subscription subscription =
                    Gapless.get(system).subscribe(TOPIC, StartFrom.latest(), new Recorder<String>());
            get(Gapless.get(system).producer(TOPIC).publish("up"));
            assertFalse(subscription.ready().toCompletableFuture().isDone());
            Cluster.get(seed).join(Cluster.get(system).selfAddress());
            assertEquals(Set.of(), get(subscription.ready()).silent());
        } finally {
            end(seed);
            end(system);
        }
    }

    @Test
    @Tag("thorough")
    @Tag("day2")
    @DisplayName("a seed node that starts slowly is named by ready, and raises no alarm")
    void aSeedNodeThatJoinsLateIsNoAlarm() {
        ActorSystem seed = ActorSystem.create("test", TestCluster.config(""));
        int port = Cluster.get(seed).selfAddress().getPort().orElseThrow();
        try (Logged logged = new Logged()) {
            ActorSystem system = system(port, "3s");
            try {
                assertEquals(Set.of("127.0.0.1:" + port), silent(system)); // it listens, and has not joined in time
                Cluster.get(seed).join(Cluster.get(system).selfAddress());
                await(() -> Cluster.get(seed).selfMember().status().equals(MemberStatus.up()));
                assertEquals(List.of(), logged.lines(Level.WARN, "Seed node"));
            } finally {
                end(system);
            }
        } finally {
            end(seed);
        }
    }
}
