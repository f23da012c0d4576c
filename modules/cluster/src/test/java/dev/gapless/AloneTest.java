package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.MemberStatus;
import org.junit.jupiter.api.Test;

/** A node that has joined no cluster: what is set up wrong most often at first. */
class AloneTest {
    private static final String LINE = "This node is not a member of a cluster yet";

    @Test
    void aSubscriptionThatWaitsForAClusterSaysSoAndOpensOnceThereIsOne() {
        ActorSystem system = ActorSystem.create("test", TestCluster.config("gapless.ready-timeout = 2s"));
        try (Logged logged = new Logged()) {
            Topic<String> topic = Topic.of("alone", String.class);
            Recorder<String> recorder = new Recorder<>();
            Subscription subscription = Gapless.get(system).subscribe(topic, StartFrom.latest(), recorder);
            await(() ->
                    !logged.lines(Level.WARN, LINE, "pekko.cluster.seed-nodes").isEmpty());
            assertFalse(subscription.ready().toCompletableFuture().isDone());

            Cluster.get(system).join(Cluster.get(system).selfAddress());
            assertTrue(get(subscription.ready()).silent().isEmpty());
            get(Gapless.get(system).producer(topic).publish("hello"));
            await(() -> recorder.messages().size() == 1);
            assertEquals(1, logged.lines(Level.WARN, LINE).size());
        } finally {
            system.terminate();
            get(system.getWhenTerminated());
        }
    }

    @Test
    void aNodeThatJoinsIsNoMemberUntilItIsUp() {
        ActorSystem system = ActorSystem.create(
                "test", TestCluster.config("gapless.ready-timeout = 1s, pekko.cluster.min-nr-of-members = 2"));
        try (Logged logged = new Logged()) {
            Cluster cluster = Cluster.get(system);
            cluster.join(cluster.selfAddress());
            await(() -> cluster.selfMember().status().equals(MemberStatus.joining()));
            Topic<String> topic = Topic.of("joining", String.class);
            Subscription subscription =
                    Gapless.get(system).subscribe(topic, StartFrom.latest(), new Recorder<String>());
            await(() -> !logged.lines(Level.WARN, LINE).isEmpty());
            assertFalse(subscription.ready().toCompletableFuture().isDone());
        } finally {
            system.terminate();
            get(system.getWhenTerminated());
        }
    }
}
