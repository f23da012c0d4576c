package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import dev.gapless.core.Gap;
import dev.gapless.core.Reason;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.StreamSupport;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.MemberStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two nodes that have the same seed nodes, and could not reach each other when each formed a cluster, or later. */
class OtherClusterTest {
    private static final Topic<String> TOPIC = Topic.of("prices", String.class);
    private static final List<String> FIVE = List.of("1", "2", "3", "4", "5");

    private final List<Door> doors = List.of(new Door(), new Door());
    private final List<ActorSystem> systems = new ArrayList<>();
    private final Logged logged = new Logged();
    private final Logged associations = new Logged("org.apache.pekko.remote.artery.Association");

    @AfterEach
    void end() {
        systems.forEach(ActorSystem::terminate);
        systems.forEach(system -> get(system.getWhenTerminated()));
        doors.forEach(Door::close);
        logged.close();
        associations.close();
    }

    /** The first one is the older. */
    private void formTwoClusters(String otherCluster) {
        start(otherCluster, false);
        systems.forEach(system -> assertEquals(1, members(system)));
    }

    /** Each forms a cluster of its own, or the second one joins the first. */
    private void start(String otherCluster, boolean together) {
        for (Door door : doors) {
            String name = systems.isEmpty() ? "older" : "younger";
            ActorSystem system = ActorSystem.create("test", TestCluster.config("""
                    gapless {
                      node-name = %s
                      other-cluster = %s
                      other-cluster-grace = 1s
                      ping-interval = 100ms
                      ready-timeout = 500ms
                    }
                    pekko {
                      remote.artery { canonical.port = %d, bind { hostname = "127.0.0.1", port = %d } }
                      cluster.seed-nodes = ["pekko://test@127.0.0.1:%d", "pekko://test@127.0.0.1:%d"]
                      cluster.seed-node-timeout = 20ms
                    }
                    """.formatted(
                            name,
                            otherCluster,
                            door.port(),
                            door.behind(),
                            doors.get(0).port(),
                            doors.get(1).port())));
            systems.add(system);
            if (together) {
                door.open(); // now somebody is behind it
            }
            Cluster cluster = Cluster.get(system);
            Cluster first = Cluster.get(systems.get(0));
            cluster.join((together ? first : cluster).selfAddress()); // the second one of the seed nodes would not
            await(() -> cluster.selfMember().status().equals(MemberStatus.up()));
        }
    }

    /** While nothing passes between them, people end a partition on both sides. From then on Pekko lets nothing through. */
    private void removeEachOther() {
        doors.forEach(Door::hold);
        for (int i = 0; i < 2; i++) {
            Cluster cluster = Cluster.get(systems.get(i));
            cluster.down(Cluster.get(systems.get(1 - i)).selfAddress());
        }
        systems.forEach(system -> await(() -> members(system) == 1));
        await(() -> associations.lines(Level.WARN, "quarantined").size() == 2);
        doors.forEach(Door::release);
    }

    private static long members(ActorSystem system) {
        return StreamSupport.stream(Cluster.get(system).state().getMembers().spliterator(), false)
                .count();
    }

    private static Health health(ActorSystem system) {
        return Gapless.get(system).health();
    }

    private static String address(ActorSystem system) {
        return Gapless.get(system).nodeName() + " at 127.0.0.1:"
                + Cluster.get(system).selfAddress().getPort().orElseThrow();
    }

    private static Recorder<String> subscribed(ActorSystem system) {
        Recorder<String> recorder = new Recorder<>();
        get(Gapless.get(system).subscribe(TOPIC, StartFrom.latest(), recorder).ready());
        return recorder;
    }

    private static void publishFive(ActorSystem system, Recorder<String> recorder) {
        Producer<String> producer = Gapless.get(system).producer(TOPIC);
        FIVE.forEach(message -> get(producer.publish(message)));
        await(() -> recorder.messages().equals(FIVE));
    }

    private static List<Gap> gaps(Recorder<String> recorder) {
        return recorder.expired().stream()
                .flatMap(expired -> expired.gaps().stream())
                .toList();
    }

    private static List<NodeStatus.OtherClusterStatus> seenBy(ActorSystem system) {
        return get(Gapless.get(system).status(Duration.ofSeconds(10))).get(0).otherClusters();
    }

    private static boolean isOfAnotherCluster(Gap gap) {
        return gap.node() == null && gap.reason() == Reason.POSITION_UNKNOWN;
    }

    @Test
    @DisplayName(
            "ruleM4: the younger of two clusters gives way, and in the other one everybody is told that something is missed")
    void theYoungerGivesWayAndTheOlderIsTold() {
        formTwoClusters("give-way");
        ActorSystem older = systems.get(0);
        ActorSystem younger = systems.get(1);
        Recorder<String> stays = subscribed(older);
        Recorder<String> leaves = subscribed(younger);
        publishFive(younger, leaves);
        assertEquals(List.of(), stays.events());
        Gapless ended = Gapless.get(younger);
        List<Removed> told = new CopyOnWriteArrayList<>();
        ended.onRemoved(told::add);

        doors.forEach(Door::open);
        await(() -> leaves.ended().size() == 1);
        get(younger.getWhenTerminated());
        await(() -> told.size() == 1);
        assertTrue(told.get(0).reason().contains("gave way to another one"), told::toString);
        assertEquals(new Health(Health.State.REMOVED, told.get(0).reason()), ended.health());
        assertTrue(Gapless.get(older).health().isUp());
        GaveWay reason =
                (GaveWay) CoordinatedShutdown.get(younger).getShutdownReason().orElseThrow();
        assertEquals("127.0.0.1:" + doors.get(0).port(), reason.address());
        assertEquals(Ended.Reason.SHUTDOWN, leaves.ended().get(0).reason());

        await(() -> gaps(stays).stream().anyMatch(OtherClusterTest::isOfAnotherCluster));
        awaitLine(Level.WARN, "is not heard any more", address(younger));

        Recorder<String> resumed = new Recorder<>();
        Subscription again = Gapless.get(older)
                .subscribe(TOPIC, StartFrom.token(leaves.ended().get(0).token()), resumed);
        get(again.ready());
        await(() -> {
            get(Gapless.get(older).producer(TOPIC).publish("after")); // again, where it may be missed with the rest
            return resumed.messages().contains("after") && stays.messages().contains("after");
        });
        assertEquals(Set.of("after"), Set.copyOf(resumed.messages()));
        List.of(stays, resumed)
                .forEach(recorder -> assertTrue(
                        gaps(recorder).stream().allMatch(OtherClusterTest::isOfAnotherCluster), recorder::toString));
        assertEquals(1, gaps(resumed).size(), "its token is of another cluster");

        awaitLine(Level.ERROR, "two clusters", "is to give way", address(younger));
        assertEquals(
                1,
                logged.lines(Level.ERROR, "This node shuts down", reason.address())
                        .size());
        await(() -> seenBy(older).isEmpty());
        await(() -> health(older).equals(new Health(Health.State.UP, "it is a member of the cluster")));
    }

    @Test
    @Tag("thorough")
    @Tag("day2")
    @DisplayName("ruleM4: with warn both clusters stay, and everybody is told that something is missed")
    void withWarnBothStayAndEverybodyIsTold() {
        formTwoClusters("warn");
        ActorSystem older = systems.get(0);
        ActorSystem younger = systems.get(1);
        Table<String> table = Gapless.get(older)
                .table(Topic.of("rows", String.class), TableSource.versioned(List::of, row -> row, row -> 1));
        get(table.ready());
        assertTrue(table.status().isLive());
        List<Recorder<String>> recorders = List.of(subscribed(older), subscribed(younger));
        publishFive(younger, recorders.get(1));
        assertEquals(List.of(), recorders.get(0).events());

        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (GaplessMetrics metrics = new GaplessMetrics(Gapless.get(older))) {
            metrics.bindTo(registry);
            assertEquals(0, registry.get("gapless.other.clusters").gauge().value());
            doors.forEach(Door::open);
            await(() -> registry.get("gapless.other.clusters").gauge().value() == 1);
        }
        await(() -> seenBy(older).equals(List.of(new NodeStatus.OtherClusterStatus(address(younger), 1))));
        await(() -> seenBy(younger).equals(List.of(new NodeStatus.OtherClusterStatus(address(older), 1))));
        awaitLine(Level.ERROR, "two clusters", "is to give way", address(younger));
        awaitLine(Level.ERROR, "two clusters", "other-cluster is warn", address(older));
        recorders.forEach(recorder -> await(() -> !gaps(recorder).isEmpty()));
        await(() ->
                health(older).has(Health.Kind.OTHER_CLUSTER) && health(younger).has(Health.Kind.OUTNUMBERED));
        assertEquals(Health.State.DEGRADED, health(older).state());
        assertTrue(
                health(older).reason().contains(address(younger)),
                () -> health(older).reason());
        assertTrue(health(older).isReady()
                && health(younger).isUp()
                && !health(younger).isReady());
        TableStatus status = table.status();
        assertTrue(String.valueOf(status.otherCluster()).contains(address(younger)), status::toString);
        assertFalse(status.isLive());
        for (ActorSystem system : systems) {
            assertFalse(system.getWhenTerminated().toCompletableFuture().isDone());
            assertEquals(1, members(system));
        }

        int before = gaps(recorders.get(0)).size();
        doors.get(1).close();
        younger.terminate();
        get(younger.getWhenTerminated());
        awaitLine(Level.WARN, "is not heard any more", address(younger));
        await(() -> health(older).equals(new Health(Health.State.UP, "it is a member of the cluster")));
        await(() -> table.status().isLive());
        await(() -> gaps(recorders.get(0)).size() > before);
        await(() -> seenBy(older).isEmpty());
        for (Recorder<String> recorder : recorders) {
            assertTrue(gaps(recorder).stream().allMatch(OtherClusterTest::isOfAnotherCluster), recorder::toString);
        }
    }

    @Test
    @Tag("thorough")
    @Tag("day2")
    @DisplayName(
            "ruleM4: of two halves that have removed each other, and hear nothing of each other, people are told once six graces have passed")
    void peopleAreToldOfHalvesThatAreMute() {
        start("give-way", true);
        ActorSystem older = systems.get(0);
        ActorSystem younger = systems.get(1);
        List<Recorder<String>> recorders = List.of(subscribed(older), subscribed(younger));
        removeEachOther();
        publishFive(younger, recorders.get(1));
        assertEquals(List.of(), recorders.get(0).messages(), "they are apart");

        awaitLine(
                Level.ERROR,
                "older was lost",
                "has not said a word",
                "127.0.0.1:" + doors.get(0).port());
        awaitLine(
                Level.ERROR,
                "younger was lost",
                "has not said a word",
                "127.0.0.1:" + doors.get(1).port());
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (GaplessMetrics metrics = new GaplessMetrics(Gapless.get(older))) {
            metrics.bindTo(registry);
            assertEquals(1, registry.get("gapless.other.clusters").gauge().value());
        }

        doors.get(1).close();
        younger.terminate();
        get(younger.getWhenTerminated());
        awaitLine(
                Level.WARN,
                "is silent no more",
                "younger",
                "127.0.0.1:" + doors.get(1).port());
        recorders.forEach(recorder -> assertEquals(
                List.of(),
                gaps(recorder).stream()
                        .filter(OtherClusterTest::isOfAnotherCluster)
                        .toList(),
                "no subscription is told"));
    }

    private void awaitLine(Level level, String... parts) {
        await(() -> !logged.lines(level, parts).isEmpty());
    }
}
