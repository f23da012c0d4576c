package dev.gapless.durable;

import static dev.gapless.durable.TestNode.await;
import static dev.gapless.durable.TestNode.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.gapless.Ended;
import dev.gapless.Gapless;
import dev.gapless.NodeStatus;
import dev.gapless.ProducerClosed;
import dev.gapless.StartFrom;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Topic;
import dev.gapless.durable.TestNode.Received;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Subscriptions that keep their token in a store. */
@Timeout(120)
class NamedTest {
    /** Topics in memory: only tokens are stored. */
    private static final String MEMORY = "gapless { durability = memory, token-store-interval = 50ms }\n";

    /** Of what is stored after the first token only the last one is. */
    private static final String LAST_ALONE = "gapless { durability = memory, token-store-interval = 1h }\n";

    @TempDir
    Path directory;

    @Test
    @DisplayName("a named subscription goes on where it was, after its node left and came back")
    void goesOnWhereItWas() {
        goesOnWhereItWas(LAST_ALONE);
    }

    @Test
    @Tag("thorough")
    @Tag("day2")
    @DisplayName("a named subscription goes on where it was, after its node left and came back: on PostgreSQL")
    void goesOnWhereItWasOnPostgres() {
        try (PostgresServer server = PostgresServer.start()) {
            goesOnWhereItWas(LAST_ALONE + server.config());
        }
    }

    private void goesOnWhereItWas(String config) {
        try (TestNode producer = TestNode.start("producer", directory, null, config)) {
            try (TestNode reader = TestNode.start("reader", directory, producer, config)) {
                Received received = reader.subscribe("prices", StartFrom.latest(), "billing");
                get(producer.producer("prices").publish("one"));
                received.await("one");
            }
            get(producer.producer("prices").publish("two"));
            try (TestNode reader = TestNode.start("reader", directory, producer, config)) {
                Received received = reader.subscribe("prices", StartFrom.latest(), "billing");
                received.await("two");
                Received other = reader.subscribe("prices", StartFrom.latest(), "shipping");
                get(producer.producer("prices").publish("three"));
                received.await("two", "three");
                other.await("three");
            }
        }
    }

    @Test
    @DisplayName(
            "ruleT2: a single node is told nothing after it was down: nobody else can have published. Another node is not let in")
    void aSingleNode() {
        String config = "pekko.cluster.roles = [gapless-single-node]\ngapless.token-store-interval = 1h\n";
        List<String> published = new ArrayList<>();
        for (int start = 1; start <= 4; start++) {
            try (TestNode node = TestNode.start("node", directory, null, config)) {
                if (start % 2 == 1) {
                    Received received = node.subscribe("prices", StartFrom.earliest(), "billing");
                    received.await(published.toArray(String[]::new));
                    published.clear();
                } else {
                    for (String message : List.of("one of " + start, "two of " + start)) {
                        get(node.producer("prices").publish(message));
                        published.add(message);
                    }
                }
                if (start == 1) {
                    isNotLetIn(node);
                }
            }
        }
        try (TestNode node = TestNode.start("node", directory, null, "")) {
            Received received = node.subscribe("prices", StartFrom.earliest(), "billing");
            get(node.producer("prices").publish("later"));
            received.await("POSITION_UNKNOWN", "one of 4", "two of 4", "later"); // it is told once
        }
    }

    private void isNotLetIn(TestNode node) {
        TestNode guest = TestNode.join("guest", directory, node, "gapless.durability = memory\n");
        CompletionException refused = assertThrows(
                CompletionException.class, () -> get(guest.producer("prices").publish("of a guest")));
        assertInstanceOf(ProducerClosed.class, refused.getCause());
        guest.awaitEnd();
    }

    @Test
    @DisplayName("who opens a name later takes it over: the earlier one ends, and stores nothing any more")
    void isTakenOver() {
        isTakenOver(MEMORY, false);
    }

    @Test
    @Tag("thorough")
    @Tag("day2")
    @DisplayName("who opens a name later takes it over, on any node: on PostgreSQL")
    void isTakenOverOnPostgres() {
        try (PostgresServer server = PostgresServer.start()) {
            isTakenOver(MEMORY + server.config(), true);
        }
    }

    private void isTakenOver(String config, boolean isShared) {
        try (TestNode one = TestNode.start("one", directory, null, config);
                TestNode other = TestNode.start("other", directory, one, config)) {
            Received earlier = one.subscribe("prices", StartFrom.latest(), "billing");
            get(one.producer("prices").publish("one"));
            earlier.await("one");
            TestNode second = isShared ? other : one;
            Received later = second.subscribe("prices", StartFrom.latest(), "billing");
            get(one.producer("prices").publish("two"));
            earlier.awaitEnd("TAKEN_OVER"); // it stores that it has this one
            Ended<String> end = Objects.requireNonNull(earlier.end);
            assertTrue(String.valueOf(Objects.requireNonNull(end.cause()).getMessage())
                    .contains("billing"));
            get(one.producer("prices").publish("three"));
            await(() -> later.events.contains("three"));
            assertFalse(earlier.events.contains("three"));
            List<String> messages = List.copyOf(later.events);
            assertTrue(
                    messages.equals(List.of("two", "three")) || messages.equals(List.of("one", "two", "three")),
                    messages::toString);
            get(later.subscription().cancel());
            Received third = one.subscribe("prices", StartFrom.latest(), "billing");
            get(one.producer("prices").publish("four"));
            third.await("four");
        }
    }

    @Test
    @Tag("thorough")
    @Tag("day2")
    @DisplayName("while the store is away the subscription goes on, says so, and stores again once it is back")
    void theStoreIsAway() {
        try (PostgresServer server = PostgresServer.start()) {
            String config = MEMORY + server.config() + "gapless { store-backoff.max = 500ms, store-timeout = 3s }\n";
            try (TestNode producer = TestNode.start("producer", directory, null, config)) {
                try (TestNode reader = TestNode.start("reader", directory, producer, config)) {
                    Received received = reader.subscribe("prices", StartFrom.latest(), "billing");
                    server.kill();
                    get(producer.producer("prices").publish("one"));
                    received.await("one");
                    await(() -> named(reader).failingSince() != null);
                    assertTrue(named(reader).problem() != null);
                    get(producer.producer("prices").publish("two"));
                    received.await("one", "two");
                    Received waits = reader.open("prices", StartFrom.latest(), "shipping");
                    await(() -> Objects.requireNonNull(
                                            subscription(reader, "shipping").named())
                                    .problem()
                            != null);
                    assertEquals(
                            "waiting_for_store",
                            subscription(reader, "shipping").state());
                    assertFalse(
                            waits.subscription().ready().toCompletableFuture().isDone());
                    server.up();
                    await(() -> named(reader).failingSince() == null);
                    get(waits.subscription().ready());
                }
                try (TestNode reader = TestNode.start("reader", directory, producer, config)) {
                    Received received = reader.subscribe("prices", StartFrom.latest(), "billing");
                    get(producer.producer("prices").publish("three"));
                    received.await("three");
                }
            }
        }
    }

    @Test
    @DisplayName(
            "a subscription that waits for its store is in the status, with what is wrong, and is opened once the store is there")
    void isShownWhileItWaits() throws Exception {
        Path inTheWay = Files.createFile(directory.resolve("n"));
        String config = MEMORY + "gapless.store-backoff.max = 500ms\n";
        try (TestNode node = TestNode.start("n", directory, null, config)) {
            Received waits = node.open("orders", StartFrom.latest(), "billing");
            await(() -> named(node).problem() != null);
            NodeStatus.SubscriptionStatus status = subscription(node, "billing");
            assertEquals("waiting_for_store", status.state());
            assertTrue(named(node).failingSince() != null);
            assertTrue(String.valueOf(named(node).problem()).contains("gapless.journal.directory"), status::toString);
            assertFalse(waits.subscription().ready().toCompletableFuture().isDone());
            Received cancelled = node.open("orders", StartFrom.latest(), "shipping");
            await(() -> subscriptions(node).count() == 2);
            get(cancelled.subscription().cancel());
            await(() -> subscriptions(node).count() == 1);
            Files.delete(inTheWay);
            get(waits.subscription().ready());
            assertEquals("reading", subscription(node, "billing").state());
            assertEquals(1, subscriptions(node).count());
            assertNull(named(node).problem());
        }
    }

    private static NodeStatus.NamedStatus named(TestNode node) {
        return Objects.requireNonNull(subscription(node, "billing").named());
    }

    private static NodeStatus.SubscriptionStatus subscription(TestNode node, String name) {
        return subscriptions(node)
                .filter(one -> one.named() != null && one.named().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Stream<NodeStatus.SubscriptionStatus> subscriptions(TestNode node) {
        return get(node.gapless().status(Duration.ofSeconds(5))).stream()
                .flatMap(status -> status.topics().stream())
                .flatMap(topic -> Stream.ofNullable(topic.consumer()))
                .flatMap(consumer -> consumer.subscriptions().stream());
    }

    @Test
    @DisplayName("what was missed is told again until a reload has succeeded, also behind a restart")
    void aGapThatWasNotReloadedIsToldAgain() {
        String config = MEMORY + "gapless.buffer-messages = 2\n";
        try (TestNode producer = TestNode.start("producer", directory, null, config)) {
            try (TestNode reader = TestNode.start("reader", directory, producer, config)) {
                Received received = reader.subscribe("prices", StartFrom.latest(), "billing");
                get(producer.producer("prices").publish("one"));
                received.await("one");
            }
            for (int i = 0; i < 10; i++) {
                get(producer.producer("prices").publish("missed"));
            }
            try (TestNode reader = TestNode.start("reader", directory, producer, config)) {
                Received fails = reader.open("prices", StartFrom.latest(), "billing");
                fails.reload = CompletableFuture.failedFuture(new IllegalStateException("no source"));
                await(() -> fails.events.contains("OVERRUN"));
                get(fails.subscription().ready());
            }
            try (TestNode reader = TestNode.start("reader", directory, producer, config)) {
                Received received = reader.subscribe("prices", StartFrom.latest(), "billing");
                await(() -> received.events.contains("OVERRUN"));
            }
            try (TestNode reader = TestNode.start("reader", directory, producer, config)) {
                Received received = reader.subscribe("prices", StartFrom.latest(), "billing");
                get(producer.producer("prices").publish("two"));
                received.await("two");
            }
        }
    }

    @Test
    @DisplayName("it lists named subscriptions, and drops their tokens")
    void isListedAndDropped() {
        Config store = ConfigFactory.parseString("gapless.journal.directory = \"" + directory.resolve("n") + "\"")
                .withFallback(ConfigFactory.load());
        try (TestNode node = TestNode.start("n", directory, null, MEMORY)) {
            node.subscribe("a|b%7C", StartFrom.latest(), "b|%7C");
        }
        try (JournalAdmin journal = JournalAdmin.open(store)) {
            assertEquals(List.of(), journal.topics());
            StoredSubscription listed = journal.subscriptions().get(0);
            assertEquals("a|b%7C", listed.topic());
            assertEquals("b|%7C", listed.name());
            assertTrue(listed.hasToken() && listed.bytes() > 0 && listed.storedMs() > 0, listed::toString);
            assertFalse(journal.dropSubscription("a|b%7C", "other"));
            assertEquals(0, journal.drop("n", null), "it is no log");
            assertTrue(journal.dropSubscription("a|b%7C", "b|%7C"));
            assertEquals(List.of(), journal.subscriptions());
        }
    }

    @Test
    @DisplayName("without a name of the node that is kept it cannot be named, and says so at once")
    void needsANodeName() {
        try (TestNode node = TestNode.start("n", directory, null, MEMORY + "gapless.node-name = \"\"\n")) {
            Exception refused =
                    assertThrows(IllegalStateException.class, () -> node.open("prices", StartFrom.latest(), "billing"));
            assertTrue(String.valueOf(refused.getMessage()).contains("gapless.node-name"), refused::toString);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> SubscriptionSettings.defaults().named(" "));
        }
    }

    @Test
    @DisplayName("as docs/durable.md shows it")
    void asDocumented() {
        try (TestNode node = TestNode.start("n", directory, null, MEMORY)) {
            Gapless gapless = node.gapless();
            Topic<String> orders = Topic.of("orders", String.class);
            Received handler = new Received();
            // shown in docs/durable.md
            gapless.subscribe(
                    orders,
                    StartFrom.earliest(),
                    SubscriptionSettings.defaults().named("billing"),
                    handler);
            // end
            get(node.producer("orders").publish("one"));
            handler.await("one");
        }
    }
}
