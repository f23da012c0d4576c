package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.gapless.Health.Kind;
import dev.gapless.Health.State;
import dev.gapless.NodeStatus.ConsumerStatus;
import dev.gapless.NodeStatus.TopicStatus;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorRefWithCell;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.InternalActorRef;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.MemberStatus;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Whatever is wrong with a node shows in its health, in its status and in its meters. In whichever way it goes away, all of these are well again.
 * {@link OtherClusterTest} says so of another cluster, and the tests of the module that stores of durable logs.
 */
class BecomesWellTest {
    private static final String TOPIC = "a topic";
    private static final SubscriptionSettings USUAL = SubscriptionSettings.defaults();
    private static final SimpleMeterRegistry METERS = new SimpleMeterRegistry();
    private static TestCluster cluster;

    @BeforeAll
    static void begin() {
        cluster = TokensInMemory.whileFound(() -> {
            TestCluster made = TestCluster.of(0, "");
            for (int i = 0; i < 2; i++) {
                made.join("""
                        gapless {
                          node-name = well-%d
                          out-of-service-on = [other-cluster, outnumbered, store, given-up, table-closed, table-not-loaded]
                          reload-backoff { min = 10ms, max = 20ms }
                          reload-interval = 0s
                          reload-jitter = 0s
                          register-backoff { min = 10ms, max = 20ms, attempts = 2 }
                          ready-timeout = 100ms
                          store-backoff { min = 10ms, max = 20ms }
                          store-timeout = 300ms
                          token-store-interval = 10ms
                          table.max-keys = 2
                        }
                        """.formatted(i));
            }
            return made;
        });
        cluster.awaitUp(2);
        new GaplessMetrics(node()).bindTo(METERS);
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    private static Gapless node() {
        return cluster.gapless(1);
    }

    /** Something is wrong with the second node. */
    private interface Trouble {
        /** {@return what it takes for it to go away} */
        Runnable begin(Topic<String> topic);
    }

    static Stream<Arguments> whatGoesAway() {
        return Stream.of(
                arguments("a table is loaded", Kind.TABLE_NOT_LOADED, (Trouble) BecomesWellTest::tableIsLoaded),
                arguments("a table that cannot be loaded is closed", Kind.TABLE_NOT_LOADED, (Trouble)
                        topic -> table(topic, new Source(true))::close),
                arguments("a table that has closed is closed", Kind.TABLE_CLOSED, (Trouble)
                        topic -> table(topic, new Source(false))::close),
                arguments("a table that has closed is opened anew", Kind.TABLE_CLOSED, (Trouble)
                        BecomesWellTest::tableIsOpenedAnew),
                arguments("a store is back for a name that is opened", Kind.STORE, (Trouble) topic -> {
                    storeIsAway(true);
                    Subscription named = named(topic);
                    return () -> {
                        storeIsAway(false);
                        get(named.ready());
                    };
                }),
                arguments("a name that cannot be opened is cancelled", Kind.STORE, (Trouble) topic -> {
                    storeIsAway(true);
                    return named(topic)::cancel;
                }),
                arguments("a store is back for a name", Kind.STORE, (Trouble) topic -> {
                    storesNoMore(topic);
                    return () -> storeIsAway(false);
                }),
                arguments("a name that cannot be stored is cancelled", Kind.STORE, (Trouble)
                        topic -> storesNoMore(topic)::cancel),
                arguments("a name that cannot be stored is taken over", Kind.STORE, (Trouble)
                        BecomesWellTest::nameIsTakenOver));
    }

    static Stream<Arguments> whichProducersAreWell() {
        return Stream.of(
                arguments("a producer answers", Kind.GIVEN_UP, (Trouble) topic -> {
                    ActorSystem mute = givesUp(topic);
                    return () -> answers(mute, true);
                }),
                arguments("nobody asks for a producer any more", Kind.GIVEN_UP, (Trouble) topic -> {
                    givesUp(topic);
                    return () -> open.forEach(Subscription::cancel);
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("whatGoesAway")
    void isWellAgain(String name, Kind kind, Trouble trouble) {
        becomesWell(name, kind, trouble);
    }

    @Tag("thorough") // an answer counts once it has lasted for 5 s
    @ParameterizedTest(name = "{0}")
    @MethodSource("whichProducersAreWell")
    void isWellAgainOnceProducersAre(String name, Kind kind, Trouble trouble) {
        becomesWell(name, kind, trouble);
    }

    private static void becomesWell(String name, Kind kind, Trouble trouble) {
        awaitWell();
        String topic = TOPIC + " where " + name;
        Runnable goesAway = trouble.begin(Topic.of(topic, String.class));
        try {
            await(() -> node().health().has(kind));
            Health bad = node().health();
            assertEquals(State.DEGRADED, bad.state());
            assertTrue(bad.isUp() && !bad.isReady(), bad::toString);
            if (kind == Kind.STORE) {
                assertTrue(
                        bad.reason()
                                .contains("it cannot store the token of subscription a name of topic " + topic + ": "),
                        bad::reason);
            }
            await(() -> !wrong().isEmpty());
            goesAway.run();
            awaitWell();
        } finally {
            storeIsAway(false);
            tables.forEach(Table::close);
            tables.clear();
            open.forEach(Subscription::cancel);
            open.clear();
            others.forEach(BecomesWellTest::end);
            others.clear();
        }
    }

    private static void awaitWell() {
        try {
            await(() -> node().health().state() == State.UP && wrong().isEmpty());
        } catch (AssertionError e) {
            assertEquals(List.of(), wrong());
            assertEquals(State.UP, node().health().state(), node().health()::reason);
        }
        Health well = node().health();
        assertTrue(well.isReady() && well.concerns().isEmpty(), well::toString);
    }

    /** What status and meters say that is wrong. */
    private static List<String> wrong() {
        List<String> wrong = new ArrayList<>();
        for (String name : List.of(
                "gapless.table.stale",
                "gapless.subscription.token.failing",
                "gapless.store.failing",
                "gapless.other.clusters")) {
            double worst = METERS.find(name).meters().stream()
                    .flatMap(meter -> StreamSupport.stream(meter.measure().spliterator(), false))
                    .mapToDouble(Measurement::getValue)
                    .max()
                    .orElse(0);
            if (worst > 0) {
                wrong.add(name + " is " + worst);
            }
        }
        get(cluster.gapless(0).status(Duration.ofSeconds(1))).stream()
                .filter(status -> status.node().equals(node().nodeName()))
                .flatMap(status -> status.topics().stream())
                .forEach(topic -> wrong.addAll(wrong(topic)));
        return wrong;
    }

    private static List<String> wrong(TopicStatus topic) {
        Stream<String> tables = topic.tables().stream()
                .filter(table -> !table.state().equals("live"))
                .map(Object::toString);
        ConsumerStatus consumer = topic.consumer();
        if (consumer == null) {
            return tables.toList();
        }
        Stream<String> names = consumer.subscriptions().stream()
                .filter(one -> one.named() != null && one.named().problem() != null)
                .map(Object::toString);
        Stream<String> producers = consumer.registrations().stream()
                .filter(one -> one.failures() > 1) // a topic's consumer asks each member at least once
                .map(Object::toString);
        return Stream.of(tables, names, producers).flatMap(all -> all).toList();
    }

    // ------------------------------------------------------------------ tables

    /** Two rows at most are allowed. */
    private static final class Source {
        private volatile boolean isAway;
        private volatile List<String> rows = List.of("a", "b", "c");

        Source(boolean isAway) {
            this.isAway = isAway;
        }

        private List<String> read() {
            if (isAway) {
                throw new IllegalStateException("away");
            }
            return rows;
        }
    }

    private static final List<Table<String>> tables = new ArrayList<>();

    private static Table<String> table(Topic<String> topic, Source source) {
        return table(topic, TableSource.versioned(source::read, row -> row, row -> 1));
    }

    private static Table<String> table(Topic<String> topic, TableSource<String> source) {
        Table<String> table = node().table(topic, source);
        tables.add(table);
        return table;
    }

    private static Runnable tableIsLoaded(Topic<String> topic) {
        Source source = new Source(true);
        Table<String> table = table(topic, source);
        return () -> {
            source.rows = List.of("a");
            source.isAway = false;
            get(table.ready());
        };
    }

    /** The application has let go of the first one without closing it. */
    private static Runnable tableIsOpenedAnew(Topic<String> topic) {
        Source rows = new Source(false);
        TableSource<String> source = TableSource.versioned(rows::read, row -> row, row -> 1);
        Table<String> first = table(topic, source);
        await(() -> first.status().state() == TableStatus.State.CLOSED);
        return () -> {
            rows.rows = List.of("a");
            get(table(topic, source).ready());
        };
    }

    // ------------------------------------------------------------------ names

    private static final List<Subscription> open = new ArrayList<>();

    private static void storeIsAway(boolean whether) {
        TokensInMemory.of("well-1").away = whether ? new IllegalStateException("away") : null;
    }

    private static Subscription subscribed(Topic<String> topic, SubscriptionSettings settings) {
        Subscription one = node().subscribe(topic, StartFrom.latest(), settings, new Recorder<>());
        open.add(one);
        return one;
    }

    private static Subscription named(Topic<String> topic) {
        return subscribed(topic, USUAL.named("a name"));
    }

    /** It has got further since. */
    private static Subscription storesNoMore(Topic<String> topic) {
        Subscription named = named(topic);
        get(named.ready());
        storeIsAway(true);
        get(cluster.gapless(0).producer(topic).publish("a"));
        return named;
    }

    private static Runnable nameIsTakenOver(Topic<String> topic) {
        Subscription named = storesNoMore(topic);
        return () -> {
            storeIsAway(false);
            get(named(topic).ready());
            get(named.whenEnded());
        };
    }

    // ------------------------------------------------------------------ producers

    private static final List<ActorSystem> others = new ArrayList<>();

    /** A member that is known, and answers nobody from now on. */
    private static ActorSystem givesUp(Topic<String> topic) {
        ActorSystem other = cluster.join("gapless.node-name = mute-" + others.size());
        others.add(other);
        await(() -> members() == 3);
        get(subscribed(Topic.of(TOPIC + " that all know", String.class), USUAL).ready());
        awaitWell(); // it has answered
        answers(other, false);
        get(subscribed(topic, USUAL).ready());
        return other;
    }

    /** Whether what Gapless runs there takes messages. */
    private static void answers(ActorSystem system, boolean whether) {
        ActorRefWithCell guardian =
                (ActorRefWithCell) ((ExtendedActorSystem) system).provider().systemGuardian();
        for (ActorRef actor :
                CollectionConverters.asJava(guardian.underlying().childrenRefs().children())) {
            if (actor.path().name().equals("gapless") && actor instanceof InternalActorRef gapless) {
                if (whether) {
                    gapless.resume(null);
                } else {
                    gapless.suspend();
                }
            }
        }
    }

    private static long members() {
        return StreamSupport.stream(
                        Cluster.get(cluster.system(1)).state().getMembers().spliterator(), false)
                .filter(member -> member.status().equals(MemberStatus.up()))
                .count();
    }

    /** Whatever is left of it. */
    private static void end(ActorSystem system) {
        answers(system, true);
        system.terminate();
        get(system.getWhenTerminated());
        await(() -> members() == 2);
    }
}
