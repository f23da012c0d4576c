package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.wire.Hello;
import dev.gapless.internal.wire.OtherVersion;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSelection;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.DeadLetter;
import org.apache.pekko.actor.Props;
import org.apache.pekko.cluster.Cluster;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class MembersTest {
    private static final Topic<String> TOPIC = Topic.of("members", String.class);
    private static final String QUICKLY_LOST = "gapless.producer-return-timeout = 300ms";

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
        try (TestCluster cluster = TestCluster.of(1, "gapless.ready-timeout = 2s")) {
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

    /**
     * What is sent to a node actor that is not there yet goes to Pekko's dead letters, and Artery's compression remembers that path as theirs
     * (the compression tables hold refs that name no actor). The Hellos have to get through all the same, and what follows.
     */
    @Test
    void aNodeWhoseGaplessStartsLongAfterItIsUpIsReachedAllTheSame() {
        String soonCompressed = "pekko.remote.artery.advanced.compression.actor-refs.advertisement-interval = 300ms";
        try (TestCluster cluster = TestCluster.of(1, soonCompressed)) {
            ActorSystem late = cluster.join(soonCompressed + "\npekko.library-extensions = []");
            AtomicInteger lost = new AtomicInteger();
            late.eventStream()
                    .subscribe(late.actorOf(Props.create(Lost.class, () -> new Lost(lost))), DeadLetter.class);
            cluster.awaitUp(2);
            await(() -> lost.get() >= 4); // 200 ms, 400 ms, 800 ms apart

            Recorder<String> there = new Recorder<>();
            Subscription subscription = cluster.gapless(1).subscribe(TOPIC, StartFrom.latest(), there);
            assertEquals(Set.of(), get(subscription.ready()).silent());
            get(cluster.gapless(0).producer(TOPIC).publish("reaches it"));
            await(() -> there.messages().equals(List.of("reaches it")));
        }
    }

    private static Stream<NodeStatus.RegistrationStatus> registrationsAt(Gapless gapless) {
        return get(gapless.status(Duration.ofMillis(500))).stream()
                .filter(node -> node.node().equals(gapless.nodeName()))
                .flatMap(node -> node.topics().stream())
                .map(topic -> Objects.requireNonNull(topic.consumer()))
                .flatMap(consumer -> consumer.registrations().stream());
    }

    /** Counts Hellos to an actor that does not exist. */
    private static final class Lost extends AbstractActor {
        private final AtomicInteger lost;

        Lost(AtomicInteger lost) {
            this.lost = lost;
        }

        @Override
        public Receive createReceive() {
            return receiveBuilder()
                    .match(
                            DeadLetter.class,
                            letter -> letter.message() instanceof Hello,
                            letter -> lost.incrementAndGet())
                    .build();
        }
    }

    @Test
    @DisplayName("a node that only subscribes, and says so, cannot be lost")
    void whoNeverPublishesHasNothingToLose() {
        try (TestCluster cluster = TestCluster.of(1, QUICKLY_LOST)) {
            ActorSystem reader = cluster.join(QUICKLY_LOST + "\ngapless.publishing = off");
            cluster.awaitUp(2);
            IllegalStateException refused = assertThrows(
                    IllegalStateException.class, () -> Gapless.get(reader).producer(TOPIC));
            assertTrue(refused.getMessage().contains("gapless.publishing"), refused.getMessage());

            Recorder<String> there = new Recorder<>();
            Recorder<String> here = new Recorder<>();
            get(Gapless.get(reader).subscribe(TOPIC, StartFrom.latest(), there).ready());
            Subscription subscription = cluster.gapless(0).subscribe(TOPIC, StartFrom.latest(), here);
            get(subscription.ready());
            get(cluster.gapless(0).producer(TOPIC).publish("one"));
            await(() -> there.messages().equals(List.of("one")));

            String gone = Gapless.get(reader).nodeName();
            Cluster.get(cluster.system(0)).down(Cluster.get(reader).selfAddress());
            cluster.awaitUpAmong(0, 1);
            await(() ->
                    registrationsAt(cluster.gapless(0)).noneMatch(r -> r.node().equals(gone)));
            get(cluster.gapless(0).producer(TOPIC).publish("two"));
            await(() -> here.messages().equals(List.of("one", "two")));
            assertEquals(List.of(), here.expired());
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
    @Tag("thorough")
    @Tag("day0")
    void ofTwoNamesakesInTwoDataCentersTheOneThatWasStartedLaterGivesWay() {
        String dataCenter = "pekko.cluster.multi-data-center.self-data-center = ";
        try (TestCluster cluster = TestCluster.of(1, "gapless.node-name = twin\n" + dataCenter + "one")) {
            ActorSystem second = cluster.join("gapless.node-name = twin\n" + dataCenter + "two");
            get(second.getWhenTerminated());
            var reason = CoordinatedShutdown.get(second).getShutdownReason();
            assertTrue(reason.isPresent() && reason.get().toString().contains("twin"), reason::toString);
            cluster.awaitUpAmong(0, 1);
            assertTrue(CoordinatedShutdown.get(cluster.system(0))
                    .getShutdownReason()
                    .isEmpty());
            get(cluster.gapless(0).producer(TOPIC).publish("still there"));
        }
    }

    @Test
    @Tag("thorough")
    @Tag("day0")
    void whoIsRefusedForItsNameAndPublishedNothingCostsNobodyAReload() {
        try (TestCluster cluster = TestCluster.of(1, "gapless.node-name = twin")) {
            Recorder<String> recorder = new Recorder<>();
            get(cluster.gapless(0)
                    .subscribe(TOPIC, StartFrom.latest(), recorder)
                    .ready());
            ActorSystem second = cluster.join("gapless.node-name = twin");
            Gapless.get(second).producer(TOPIC);
            get(second.getWhenTerminated());
            cluster.awaitUpAmong(0, 1);
            await(() -> registrationsAt(cluster.gapless(0)).count() == 1);
            get(cluster.gapless(0).producer(TOPIC).publish("goes on"));
            await(() -> recorder.messages().equals(List.of("goes on")));
            assertEquals(1, recorder.events().size());
        }
    }

    @Test
    @Tag("thorough")
    @Tag("day0")
    void whatIsPublishedWhereTheNameIsRefusedIsRefusedOrToldAsLost() {
        try (TestCluster cluster = TestCluster.of(1, "gapless.node-name = twin")) {
            Recorder<String> recorder = new Recorder<>();
            get(cluster.gapless(0)
                    .subscribe(TOPIC, StartFrom.latest(), recorder)
                    .ready());
            ActorSystem second = cluster.join("gapless.node-name = twin");
            CompletableFuture<Position> early =
                    Gapless.get(second).producer(TOPIC).publish("early").toCompletableFuture();
            get(second.getWhenTerminated());
            cluster.awaitUpAmong(0, 1);
            boolean accepted = get(early.handle((position, refused) -> refused == null));
            if (accepted) {
                await(() -> recorder.expired().size() == 1);
                Gap gap = recorder.expired().get(0).gaps().get(0);
                assertEquals(Reason.PRODUCER_LOST, gap.reason());
            } else {
                await(() -> registrationsAt(cluster.gapless(0)).count() == 1);
                get(cluster.gapless(0).producer(TOPIC).publish("goes on"));
                await(() -> recorder.messages().equals(List.of("goes on")));
                assertEquals(List.of(), recorder.expired());
            }
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

    @Test
    void aNodeOfAnotherWireVersionIsToldOfInOneLine() {
        try (TestCluster cluster = TestCluster.of(1, "");
                Logged logged = new Logged()) {
            get(cluster.gapless(0).status(Duration.ofSeconds(5))); // its node actor is there
            ActorSelection node = cluster.system(0).actorSelection("/system/gapless");
            for (int i = 0; i < 3; i++) {
                node.tell(new OtherVersion(1), ActorRef.noSender());
                node.tell(new OtherVersion(9), ActorRef.noSender());
            }
            get(cluster.gapless(0).status(Duration.ofSeconds(5))); // it has taken them
            assertEquals(
                    2,
                    logged.lines(Level.ERROR, "A node writes to this one in version")
                            .size());
            assertEquals(
                    1,
                    logged.lines(Level.ERROR, "in version 9 of Gapless's wire format")
                            .size());
        }
    }
}
