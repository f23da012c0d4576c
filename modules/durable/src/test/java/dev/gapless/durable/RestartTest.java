package dev.gapless.durable;

import static dev.gapless.durable.TestNode.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigException;
import dev.gapless.Publication;
import dev.gapless.StartFrom;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Position;
import dev.gapless.durable.TestNode.Received;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that end in good order and start again on their store. */
@Timeout(120)
class RestartTest {
    @TempDir
    Path directory;

    @Test
    @DisplayName("a producer that starts again goes on, and nobody is told anything: on H2")
    void aProducerStartsAgainOnH2() {
        aProducerStartsAgain("");
    }

    @Test
    @DisplayName("a producer that starts again goes on, and nobody is told anything: on PostgreSQL")
    void aProducerStartsAgainOnPostgres() {
        try (PostgresServer server = PostgresServer.start()) {
            aProducerStartsAgain(server.config());
        }
    }

    private void aProducerStartsAgain(String config) {
        try (TestNode reader = TestNode.start("reader", directory, null, config)) {
            Received received = reader.subscribe("prices", StartFrom.latest());
            Position last;
            try (TestNode producer = TestNode.start("producer", directory, reader, config)) {
                get(producer.producer("prices").publish("one"));
                last = get(producer.producer("prices")
                        .publish(Publication.of("two").withKey("k").withHeader("h", "v")));
                received.await("one", "two k {h=v}");
            }
            assertEquals(2, last.sequence());
            try (TestNode producer = TestNode.start("producer", directory, reader, config)) {
                get(producer.producer("prices").publish("three"));
                get(producer.producer("prices").delete("k"));
                received.await("one", "two k {h=v}", "three", "k is gone");
                Received all = reader.subscribe("prices", StartFrom.earliest());
                all.await("one", "two k {h=v}", "three", "k is gone");
            }
        }
    }

    @Test
    @DisplayName("ruleP16: an invalidation outlives its node: whoever comes there later is told, and nobody twice")
    void anInvalidationIsStored() {
        try (TestNode reader = TestNode.start("reader", directory, null, "")) {
            Received received = reader.subscribe("prices", StartFrom.latest());
            CursorToken before;
            try (TestNode producer = TestNode.start("producer", directory, reader, "")) {
                get(producer.producer("prices").publish("one"));
                received.await("one");
                before = received.subscription().token();
                assertEquals(
                        2,
                        get(producer.producer("prices").invalidate("by hand")).sequence());
                received.await("one", "OVERRUN");
            }
            try (TestNode producer = TestNode.start("producer", directory, reader, "")) {
                get(producer.producer("prices").publish("two"));
                received.await("one", "OVERRUN", "two");
                reader.subscribe("prices", StartFrom.token(before)).await("OVERRUN", "two");
                reader.subscribe("prices", StartFrom.earliest()).await("two");
            }
        }
    }

    @Test
    @DisplayName("ruleP17: a publish that comes again after a restart is the message of before, and no second one")
    void aRepeatAfterARestart() {
        try (TestNode reader = TestNode.start("reader", directory, null, "")) {
            Received received = reader.subscribe("prices", StartFrom.latest());
            Publication<String> one = Publication.of("one").withId("order-17");
            Position first;
            try (TestNode producer = TestNode.start("producer", directory, reader, "")) {
                first = get(producer.producer("prices").publish(one));
                get(producer.producer("prices").publish("two"));
            }
            try (TestNode producer = TestNode.start("producer", directory, reader, "")) {
                assertEquals(first, get(producer.producer("prices").publish(one)));
                get(producer.producer("prices").publish("three"));
                received.await("one", "two", "three");
            }
        }
    }

    @Test
    @DisplayName(
            "what was published before a restart keeps its time: who begins at a time between gets what came later alone")
    void timesOfBeforeAreKept() {
        Instant between;
        try (TestNode node = TestNode.start("n", directory, null, "")) {
            get(node.producer("prices").publish("one"));
            Instant next = Instant.now().plusMillis(2);
            TestNode.await(() -> Instant.now().isAfter(next));
            between = Instant.now();
            get(node.producer("prices").publish("two"));
        }
        try (TestNode node = TestNode.start("n", directory, null, "")) {
            get(node.producer("prices").publish("three"));
            node.subscribe("prices", StartFrom.since(between)).await("two", "three");
        }
    }

    @Test
    @DisplayName("without a name of its own a node with durable topics does not start")
    void needsAName() {
        Exception refused = assertThrows(
                ConfigException.class, () -> TestNode.start("n", directory, null, "gapless.node-name = \"\""));
        assertTrue(refused.getMessage().contains("gapless.node-name"), refused::toString);
    }
}
