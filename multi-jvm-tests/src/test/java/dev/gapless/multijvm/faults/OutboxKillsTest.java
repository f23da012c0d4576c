package dev.gapless.multijvm.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.gapless.durable.PostgresServer;
import dev.gapless.multijvm.bench.Await;
import dev.gapless.multijvm.bench.TestCluster;
import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.node.Arguments;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * An application that changes rows, and publishes that from an outbox to a durable topic, is killed and starts again: who follows is given each
 * change of each key, in order, and told nothing. {@code -Doutbox.kills=50} kills so many times instead of three.
 */
@Order(2) // takes long
@Tag("thorough")
@Tag("day1")
class OutboxKillsTest {
    private static final int KILLS = Integer.getInteger("outbox.kills", 3);
    private static final int LONGEST_MS = 1_500;

    private static final String SETTINGS = """
            pekko.cluster.downing-provider-class = "" # a dead member stays until its successor has it removed
            gapless { topics.stock { durability = journal, buffer-messages = 65536 } }
            """;

    @Test
    void ruleD1_onH2EachCommittedChangeIsPublished() throws Exception {
        Path stores = Files.createTempDirectory(Files.createDirectories(Path.of("target", "multijvm")), "Outbox")
                .toAbsolutePath();
        killed(
                "OutboxOnH2",
                """
                gapless.journal { directory = "%s/"${gapless.node-name}, sync = off } # processes are killed, and no machine
                """.formatted(stores),
                "jdbc:h2:file:" + stores + "/stock;WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE");
        LongFaultsTest.delete(stores);
    }

    @Test
    void ruleD1_onPostgresEachCommittedChangeIsPublished() throws Exception {
        try (PostgresServer server = PostgresServer.start()) {
            killed("OutboxOnPostgres", server.config(), server.url());
        }
    }

    private static void killed(String name, String store, String database) throws Exception {
        Random random = new Random();
        try (TestCluster cluster =
                TestCluster.named(name).with(SETTINGS).with(store).start(2)) {
            TestNode follower = cluster.node(1);
            TestNode writer = cluster.node(2);
            cluster.awaitUp();
            follower.call("outbox-follow", Arguments.of("topic", "stock"));
            write(writer, database);
            for (int kill = 1; kill <= KILLS; kill++) {
                String before = followed(follower);
                Await.until("more is published", () -> !followed(follower).equals(before));
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(LONGEST_MS))); // a drawn moment
                writer.killAndRestart();
                cluster.awaitUp();
                write(writer, database);
            }
            writer.call("outbox-stop", Arguments.of("topic", "stock"));
            Await.until("all is published", () -> !rows(writer, database).isEmpty());
            String rows = rows(writer, database);
            Await.until(
                    "all has arrived",
                    () -> followed(follower),
                    () -> followed(follower).replace(" again", "").equals(rows));
            System.out.println(name + ": " + followed(follower));
            assertFalse(rows.contains("=0"), rows);
            assertEquals(rows, followed(follower).replace(" again", ""));
        }
    }

    private static void write(TestNode writer, String database) {
        writer.call("outbox-write", Arguments.of("topic", "stock").and("url", database));
    }

    private static String rows(TestNode writer, String database) {
        return text(writer.call("outbox-rows", Arguments.of("url", database)));
    }

    private static String followed(TestNode follower) {
        return text(follower.call("outbox-followed", Arguments.of("topic", "stock")));
    }

    private static String text(String json) {
        return json.replace("\"", "");
    }
}
