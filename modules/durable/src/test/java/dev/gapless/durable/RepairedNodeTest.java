package dev.gapless.durable;

import static dev.gapless.durable.TestNode.get;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.gapless.StartFrom;
import dev.gapless.core.CursorToken;
import dev.gapless.durable.TestNode.Received;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node whose store was damaged, and repaired: who lacks something is told, and nobody else. */
@Tag("thorough")
@Tag("day1")
@Timeout(180)
class RepairedNodeTest {
    @TempDir
    Path directory;

    private Config store() {
        return ConfigFactory.parseMap(Map.of(
                        "gapless.journal.directory", directory.resolve("n").toString()))
                .withFallback(ConfigFactory.load());
    }

    private void damaged(long number) throws SQLException {
        try (Connection connection = Tables.connect(new JournalSettings(store()), "");
                Statement statement = connection.createStatement()) {
            assertEquals(
                    1,
                    statement.executeUpdate(
                            "UPDATE \"gapless_journal\" SET \"event_payload\" = X'01' WHERE \"persistence_id\" = 'n|prices'"
                                    + " AND \"sequence_number\" = " + number));
        }
    }

    @Test
    @DisplayName("ruleD12: records behind the damage are kept")
    void skipped() throws SQLException {
        isRepaired(false, new String[] {"OVERRUN", "three", "four"}, new String[] {"three", "four"});
    }

    @Test
    @DisplayName("ruleD12: the log ends in front of the damage")
    void truncated() throws SQLException {
        isRepaired(true, new String[] {"OVERRUN", "four"}, new String[] {"OVERRUN", "four"});
    }

    private void isRepaired(boolean truncated, String[] behindOne, String[] behindTwo) throws SQLException {
        try (TestNode reader = TestNode.start("reader", directory, null, "")) {
            Received has = reader.subscribe("prices", StartFrom.latest());
            CursorToken one;
            CursorToken two;
            try (TestNode node = TestNode.start("n", directory, reader, "")) {
                get(node.producer("prices").publish("one"));
                has.await("one");
                one = has.subscription().token();
                get(node.producer("prices").publish("two"));
                has.await("one", "two");
                two = has.subscription().token();
                get(node.producer("prices").publish("three"));
                has.await("one", "two", "three");
            }
            damaged(3); // the first is a mark
            assertEquals(
                    truncated ? 2 : 1,
                    JournalAdmin.repair(store(), "n", "prices", truncated).records());
            try (TestNode node = TestNode.start("n", directory, reader, "");
                    TestNode fresh = TestNode.start("fresh", directory, reader, "")) { // the reader has it all
                Received lacksTwo = fresh.subscribe("prices", StartFrom.token(one));
                Received lacksThree = fresh.subscribe("prices", StartFrom.token(two));
                node.publishOnceOpen("prices", "four");
                lacksTwo.await(behindOne);
                lacksThree.await(behindTwo);
                has.await("one", "two", "three", "four");
                Received all = fresh.subscribe("prices", StartFrom.earliest());
                TestNode.await(() -> all.events.contains("four"));
                assertEquals("one", all.events.get(0), "what is in front of the damage is kept");
            }
        }
    }
}
