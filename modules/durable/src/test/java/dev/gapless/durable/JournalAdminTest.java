package dev.gapless.durable;

import static dev.gapless.durable.TestNode.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.gapless.Publication;
import dev.gapless.StartFrom;
import dev.gapless.core.CursorToken;
import dev.gapless.durable.TestNode.Received;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What people do to a store. */
@Timeout(120)
class JournalAdminTest {
    private static final String ODD = "a|b%7C/ä";

    @TempDir
    Path directory;

    private Config store(String further) {
        return ConfigFactory.parseString("gapless.journal.directory = \"" + directory.resolve("n") + "\"\n" + further)
                .withFallback(ConfigFactory.parseString(further))
                .withFallback(ConfigFactory.load());
    }

    /** Who publishes waits for a store that takes long to open, as on a busy machine. */
    private static final String PATIENT = "gapless.backpressure-timeout = 1m\n";

    private void publishes(TestNode node) {
        get(node.producer("prices").publish("one"));
        get(node.producer("prices").publish(Publication.of("two").withKey("k").withHeader("h", "v")));
        get(node.producer(ODD).publish("odd"));
    }

    private void tellsWhatThereIs(Config store) {
        try (JournalAdmin journal = JournalAdmin.open(store)) {
            List<StoredTopic> topics = journal.topics();
            assertEquals(
                    List.of(ODD, "prices"),
                    topics.stream().map(StoredTopic::topic).sorted().toList());
            StoredTopic prices = topics.stream()
                    .filter(topic -> topic.topic().equals("prices"))
                    .findFirst()
                    .orElseThrow();
            assertEquals("n", prices.node());
            assertEquals(2, prices.messages());
            assertEquals(1, prices.incarnations());
            assertNull(prices.damage());
            assertTrue(prices.bytes() > 0 && prices.lastMs() > 0, prices::toString);
            List<StoredMessage> messages = new ArrayList<>();
            assertEquals(List.of(), journal.messages("n", "prices", messages::add));
            assertEquals(
                    List.of(1L, 2L),
                    messages.stream()
                            .map(message -> message.position().sequence())
                            .toList());
            assertEquals("k", messages.get(1).key());
            assertEquals("v", messages.get(1).headers().get("h"));
        }
    }

    @Test
    @DisplayName("it lists the logs of H2, and their messages, while nobody uses them")
    void listsOnH2() {
        try (TestNode node = TestNode.start("n", directory, null, "")) {
            publishes(node);
            Exception inUse =
                    assertThrows(IllegalStateException.class, () -> tellsWhatThereIs(storeOfAnotherProcess()));
            assertTrue(inUse.getMessage().contains("store at"), inUse::toString);
            assertFalse(Files.exists(directory.resolve("nowhere")), "none is made");
        }
        tellsWhatThereIs(store(""));
    }

    /** One that is not there. */
    private Config storeOfAnotherProcess() {
        return ConfigFactory.parseString("gapless.journal.directory = \"" + directory.resolve("nowhere") + "\"")
                .withFallback(ConfigFactory.load());
    }

    @Test
    @Tag("thorough")
    @Tag("day1")
    @DisplayName("it lists the logs of PostgreSQL, also while they are used")
    void listsOnPostgres() {
        try (PostgresServer server = PostgresServer.start();
                TestNode node = TestNode.start("n", directory, null, server.config())) {
            publishes(node);
            tellsWhatThereIs(store(server.config()));
        }
    }

    @Test
    @DisplayName(
            "who has read something of a log that is dropped is told, as of a store that was put back; so is who lacks some of it")
    void dropped() {
        try (TestNode reader = TestNode.start("reader", directory, null, PATIENT)) {
            Received received = reader.subscribe("prices", StartFrom.latest());
            CursorToken token;
            try (TestNode node = TestNode.start("n", directory, reader, PATIENT)) {
                get(node.producer("prices").publish("zero"));
                received.await("zero");
                token = received.subscription().token();
                publishes(node);
                received.await("zero", "one", "two k {h=v}");
            }
            try (JournalAdmin journal = JournalAdmin.open(store(""))) {
                assertTrue(journal.drop("n", "prices") > 0);
                assertEquals(0, journal.drop("n", "prices"));
                assertEquals(
                        List.of(ODD),
                        journal.topics().stream().map(StoredTopic::topic).toList());
            }
            try (TestNode node = TestNode.start("n", directory, reader, PATIENT)) {
                Received lacks = node.subscribe("prices", StartFrom.token(token));
                assertEquals(1, get(node.producer("prices").publish("three")).sequence());
                received.await("zero", "one", "two k {h=v}", "PRODUCER_LOST", "three");
                lacks.await("PRODUCER_RESTARTED", "three");
            }
        }
    }
}
