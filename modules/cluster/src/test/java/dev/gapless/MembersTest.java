package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.gapless.internal.Provoke;
import java.util.List;
import java.util.Set;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.cluster.Cluster;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MembersTest {
    private static final Topic<String> TOPIC = Topic.of("members", String.class);

    @Test
    void aSystemWithImpossibleSettingsDoesNotStart() {
        ConfigException refused =
                assertThrows(ConfigException.class, () -> TestCluster.of(1, "gapless.buffer-messages = 0"));
        assertTrue(refused.getMessage().contains("gapless.buffer-messages"), refused.getMessage());
    }

    @Test
    void onASystemThatIsNoClusterNodeGaplessSaysWhyItDoesNotRun() {
        ActorSystem system = ActorSystem.create(
                "local",
                ConfigFactory.parseString("pekko.actor.provider = local").withFallback(ConfigFactory.load()));
        try {
            IllegalStateException refused = assertThrows(IllegalStateException.class, () -> Gapless.get(system));
            assertTrue(refused.getMessage().contains("pekko.actor.provider = cluster"), refused.getMessage());
        } finally {
            system.terminate();
            get(system.getWhenTerminated());
        }
    }

    @Test
    void aMemberWithoutGaplessIsNamedAndDoesNotHoldUpReadyForEver() {
        try (TestCluster cluster = TestCluster.of(1, "gapless.ready-timeout = 500ms")) {
            ActorSystem without = cluster.join("gapless.role = other");
            cluster.awaitUp(2);
            Subscription subscription = cluster.gapless(0).subscribe(TOPIC, StartFrom.latest(), new Recorder<>());
            String address = Cluster.get(without).selfAddress().hostPort();
            assertEquals(
                    Set.of(address.substring(address.indexOf('@') + 1)),
                    get(subscription.ready()).silent());
            Subscription second = cluster.gapless(0).subscribe(TOPIC, StartFrom.latest(), new Recorder<>());
            assertEquals(1, get(second.ready()).silent().size());
        }
    }

    @Test
    void aLaneThatFailsShutsItsNodeDown() {
        try (TestCluster cluster = TestCluster.of(1, "")) {
            Provoke.failure(cluster.system(0));
            get(cluster.system(0).getWhenTerminated());
            var reason = CoordinatedShutdown.get(cluster.system(0)).getShutdownReason();
            assertTrue(reason.isPresent() && reason.get().toString().contains("Gapless failed"), reason.toString());
        }
    }

    @Test
    void aSecondMemberWithTheSameNameGivesWay() {
        try (TestCluster cluster = TestCluster.of(1, "gapless.node-name = twin")) {
            ActorSystem second = cluster.join("gapless.node-name = twin");
            get(second.getWhenTerminated());
            var reason = CoordinatedShutdown.get(second).getShutdownReason();
            assertTrue(
                    reason.isPresent()
                            && reason.get().toString().startsWith("The member at ")
                            && reason.get().toString().contains("twin"),
                    reason::toString);
            cluster.awaitUpAmong(0, 1);
            get(cluster.gapless(0)
                    .subscribe(TOPIC, StartFrom.latest(), new Recorder<>())
                    .ready());
        }
    }

    @Test
    @DisplayName(
            "rowP4, ruleP7, ruleC6: who joins late gets what comes then; who leaves in good order leaves nothing behind")
    void joinsLateAndLeavesInGoodOrder() {
        try (TestCluster cluster = TestCluster.of(2, "")) {
            Recorder<String> early = new Recorder<>();
            get(cluster.gapless(0).subscribe(TOPIC, StartFrom.latest(), early).ready());
            get(cluster.gapless(1).producer(TOPIC).publish("1"));
            await(() -> early.messages().size() == 1);

            cluster.join("");
            cluster.awaitUp(3);
            Recorder<String> late = new Recorder<>();
            Recorder<String> fromEarliest = new Recorder<>();
            get(cluster.gapless(2)
                    .subscribe(Topic.of("members", String.class), StartFrom.latest(), late)
                    .ready());
            get(cluster.gapless(0)
                    .subscribe(TOPIC, StartFrom.earliest(), fromEarliest)
                    .ready());
            Producer<String> producer = cluster.gapless(1).producer(TOPIC);
            List.of("2", "3").forEach(producer::publish);
            cluster.leave(1);

            await(() -> late.left().size() == 1 && early.left().size() == 1);
            assertEquals(List.of("2", "3"), late.messages());
            assertEquals(List.of("1", "2", "3"), early.messages());
            await(() -> fromEarliest.messages().size() == 3);
            assertEquals(3, early.left().get(0).position().sequence());
            assertEquals(List.of(), early.expired());
            assertInstanceOf(
                    ProducerLeft.class, early.events().get(early.events().size() - 1));
        }
    }

    @Test
    void theStatusTellsOfProducersCursorsConsumersAndSubscriptions() {
        try (TestCluster cluster = TestCluster.of(2, "")) {
            get(cluster.gapless(0)
                    .subscribe(TOPIC, StartFrom.latest(), new Recorder<>())
                    .ready());
            get(cluster.gapless(1).producer(TOPIC).publish("1"));
            String consumer = cluster.gapless(0).nodeName();
            await(() -> {
                List<NodeStatus> statuses = get(cluster.gapless(0).status(java.time.Duration.ofSeconds(5)));
                return statuses.size() == 2
                        && statuses.stream()
                                .flatMap(s -> s.topics().stream())
                                .anyMatch(t -> t.consumer() != null
                                        && t.consumer().subscriptions().size() == 1
                                        && t.consumer().registrations().size() == 2)
                        && statuses.stream()
                                .flatMap(s -> s.topics().stream())
                                .anyMatch(t -> t.producer() != null
                                        && t.producer().head() == 1
                                        && t.producer().cursors().size() == 1
                                        && t.producer().cursors().get(0).node().equals(consumer)
                                        && t.producer().cursors().get(0).lag() == 0);
            });
        }
    }
}
