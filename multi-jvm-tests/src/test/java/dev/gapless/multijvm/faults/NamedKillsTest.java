package dev.gapless.multijvm.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.durable.PostgresServer;
import dev.gapless.multijvm.bench.Await;
import dev.gapless.multijvm.bench.TestCluster;
import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.checker.Kept;
import dev.gapless.multijvm.node.Arguments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The process of a named subscription, and of a ledger, is killed under traffic and starts again: what the subscription is given is complete
 * and in order, and the ledger has a row for each message. {@code -Dnamed.kills=50} kills so many times instead of three,
 * {@code -Dnamed.seed=1} draws as another run did.
 */
@Order(2) // takes long
@Tag("thorough")
@Tag("day1")
class NamedKillsTest {
    private static final int KILLS = Integer.getInteger("named.kills", 3);
    private static final int LARGEST_BURST = 300;
    /** At most so many messages are given between a start and a kill. */
    private static final int LONGEST = 400;
    /** One kill in so many comes as soon as it has subscribed; half of them come once it is ready. */
    private static final int AT_ONCE_ONE_IN = 5;

    /** Nobody is told of its crashes. */
    private static final String SUBSCRIBES_ONLY = "gapless.publishing = off";

    private static final String SETTINGS = """
            pekko.cluster.downing-provider-class = "" # a dead member stays until its successor has it removed
            gapless { ready-timeout = 5s, token-store-interval = 200ms, topics.orders.buffer-messages = 65536 }
            """;

    @Test
    void ruleS7_onH2NothingIsSkippedAndEachMessageIsARowOnce() throws Exception {
        Path files = files("NamedOnH2");
        Path stores = files.resolveSibling(files.getFileName() + "-stores").toAbsolutePath();
        killed(
                "NamedOnH2",
                files,
                """
                gapless.journal { directory = "%s/"${gapless.node-name}, sync = off } # processes are killed, and no machine
                """.formatted(stores),
                "jdbc:h2:file:" + stores + "/ledger;WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE");
        LongFaultsTest.delete(stores);
    }

    @Test
    void ruleS7_onPostgresNothingIsSkippedAndEachMessageIsARowOnce() throws Exception {
        try (PostgresServer server = PostgresServer.start()) {
            killed("NamedOnPostgres", files("NamedOnPostgres"), server.config(), server.url());
        }
    }

    @Test
    void ruleS7_whoStandsStillIsTakenOverAndEndsOnceItGoesOn() throws Exception {
        Path files = files("NamedTakenOver");
        try (PostgresServer server = PostgresServer.start();
                TestCluster cluster = TestCluster.named("NamedTakenOver")
                        .with(SETTINGS)
                        .with(server.config())
                        .start(2)) {
            List<TestNode> publishers = List.of(cluster.node(1), cluster.node(2));
            publish(publishers, files);
            cluster.with(SUBSCRIBES_ONLY);
            TestNode earlier = cluster.add().awaitStarted();
            TestNode later = cluster.add().awaitStarted();
            cluster.awaitUp();
            subscribe(earlier, files, 0);
            awaitReady(earlier, 0);
            Await.until("it is given something of both", () -> new Kept(files).producers() == 2);
            earlier.pause();
            assertTrue(earlier.isPaused());
            subscribe(later, files, 1);
            awaitReady(later, 1);
            earlier.resume();
            Await.until("it ends", () -> new Kept(files).counts().getOrDefault("taken over", 0L) == 1);
            publishers.forEach(node -> node.call("traffic", Arguments.of("on", false)));
            Await.until("the other has everything", () -> new Kept(files).isLevel());
            assertClean(new Kept(files), files);
        }
        LongFaultsTest.delete(files);
    }

    private static void publish(List<TestNode> publishers, Path files) {
        publishers.forEach(node -> node.call(
                "journal",
                Arguments.of("directory", files).and("topics", "orders").and("largest-burst", LARGEST_BURST)));
    }

    private static void assertClean(Kept kept, Path files) {
        kept.violations().stream().limit(20).forEach(System.out::println);
        System.out.println(kept.counts());
        assertTrue(kept.violations().isEmpty(), () -> files + "\n" + String.join("\n", kept.violations()));
    }

    private static Path files(String name) throws IOException {
        return Files.createTempDirectory(Files.createDirectories(Path.of("target", "multijvm")), name);
    }

    private static void killed(String name, Path files, String store, String ledger) throws Exception {
        long seed = Long.getLong("named.seed", System.nanoTime());
        System.out.println("-Dnamed.seed=" + seed);
        Random random = new Random(seed);
        try (TestCluster cluster =
                TestCluster.named(name).with(SETTINGS).with(store).start(2)) {
            List<TestNode> publishers = List.of(cluster.node(1), cluster.node(2));
            TestNode subscriber = cluster.with(SUBSCRIBES_ONLY).add().awaitStarted();
            cluster.awaitUp();
            publish(publishers, files);
            begin(subscriber, files, ledger, 0);
            awaitReady(subscriber, 0);
            Await.until("it is given something of both", () -> new Kept(files).producers() == 2);
            for (int kill = 1; kill <= KILLS; kill++) {
                int further = random.nextInt(AT_ONCE_ONE_IN) == 0 ? 0 : random.nextInt(LONGEST);
                if (random.nextBoolean()) {
                    awaitReady(subscriber, kill - 1);
                }
                long until = given(files) + further;
                Await.until("it is given " + further + " more", () -> given(files) >= until);
                subscriber.killAndRestart();
                cluster.awaitUp();
                begin(subscriber, files, ledger, kill);
            }
            publishers.forEach(node -> node.call("traffic", Arguments.of("on", false)));
            Await.until("it has everything", () -> new Kept(files).isLevel());
            Kept kept = new Kept(files);
            Await.until("each message is a row", () -> new Kept(files).isLevel(heads(subscriber, ledger)));
            subscriber.close(); // an embedded database is one process's
            assertTrue(kept.rows(rows(ledger)), "each message is a row");
            assertClean(kept, files);
            assertEquals(KILLS + 1, kept.counts().get("lives"));
            assertTrue(kept.counts().get("given again") > 0, "it was killed between two tokens");
        }
        LongFaultsTest.delete(files);
    }

    private static void begin(TestNode node, Path files, String ledger, int life) {
        node.call("ledger", Arguments.of("topic", "orders").and("url", ledger));
        subscribe(node, files, life);
    }

    private static void subscribe(TestNode node, Path files, int life) {
        node.call(
                "journal-subscribe",
                Arguments.of("directory", files)
                        .and("topic", "orders")
                        .and("id", "named-" + life)
                        .and("from", "latest")
                        .and("name", "billing"));
    }

    private static void awaitReady(TestNode node, int life) {
        Await.until(
                "it is ready",
                () -> node.call("journal-ready", Arguments.of("id", "named-" + life))
                        .equals("true"));
    }

    private static long given(Path files) {
        return new Kept(files).counts().getOrDefault("given", 0L);
    }

    private static Map<String, Long> heads(TestNode node, String ledger) {
        Map<String, Long> heads = new HashMap<>();
        for (String head : node.call("ledger-heads", Arguments.of("url", ledger))
                .replace("\"", "")
                .split(",", -1)) {
            String[] words = head.split(" ", -1);
            if (words.length == 2) {
                heads.put(words[0], Long.valueOf(words[1]));
            }
        }
        return heads;
    }

    private static List<String> rows(String ledger) {
        try (Connection connection = DriverManager.getConnection(ledger, "gapless", "");
                ResultSet rows = connection.createStatement().executeQuery("SELECT entry FROM ledger ORDER BY id")) {
            List<String> all = new ArrayList<>();
            while (rows.next()) {
                all.add(rows.getString(1));
            }
            return all;
        } catch (SQLException e) {
            throw new AssertionError(ledger, e);
        }
    }
}
