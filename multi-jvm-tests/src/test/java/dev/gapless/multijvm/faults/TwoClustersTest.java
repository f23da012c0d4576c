package dev.gapless.multijvm.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.multijvm.bench.Await;
import dev.gapless.multijvm.bench.NodeKind;
import dev.gapless.multijvm.bench.TestCluster;
import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.checker.Checker;
import dev.gapless.multijvm.node.Arguments;
import dev.gapless.multijvm.node.Journal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The first of three nodes is killed and started again. The answers of the others are held up, so it forms a cluster by itself. */
@Tag("thorough")
@Tag("day2")
class TwoClustersTest {
    private static final String TOPIC = "split";
    private static final int ENOUGH = 5;
    private static final String SETTINGS = """
            pekko.cluster.split-brain-resolver { stable-after = 3s, down-all-when-unstable = 20s }
            gapless {
              other-cluster = give-way
              other-cluster-grace = 3s
              producer-return-timeout = 3s
              ready-timeout = 3s
              reload-backoff.max = 1s
            }
            """;

    private final Path journals;
    private final Journal faults;
    private final Subscriptions subscriptions;
    private final Checker checker;

    TwoClustersTest() throws IOException {
        journals = Files.createTempDirectory(Files.createDirectories(Path.of("target", "multijvm")), "TwoClusters");
        faults = new Journal(journals.toString(), "faults");
        subscriptions = new Subscriptions(journals);
        checker = new Checker(journals, Map.of());
    }

    @Test
    @DisplayName(
            "ruleM4: of two clusters one is left, and all is delivered or announced, also of a tool that came and went in the smaller one")
    void ruleM4_ofTwoClustersOneIsLeftAndEverythingIsDeliveredOrTold() throws IOException {
        try (TestCluster cluster =
                TestCluster.named("TwoClusters").with(SETTINGS).start(3)) {
            TestNode first = cluster.node(1);
            List<TestNode> others = List.of(cluster.node(2), cluster.node(3));
            Stream.concat(Stream.of(first), others.stream()).forEach(this::begin);
            hasPublished(first, 1);

            first.kill();
            isOver(first);
            others.forEach(other -> cluster.cut(first, other));
            first.restart("pekko.cluster { seed-node-timeout = 20ms, seed-nodes = [" + seeds(first, others) + "] }");
            begin(first);
            hasPublished(first, 2);
            TestNode tool = publishWithATool(cluster, first, others);
            List<String> theirs = addresses(others);
            others.forEach(other -> Await.value(
                    other + " has a cluster without " + first,
                    other::members,
                    m -> m.all().equals(theirs)));
            Await.value(
                    first + " has a cluster of its own",
                    first::members,
                    m -> m.all().equals(addresses(List.of(first)))); // once the tool is removed

            others.forEach(other -> cluster.heal(first, other));
            long mendedNs = System.nanoTime();
            assertEquals("GaveWay", first.awaitEnd());
            isOver(first);
            Subscriptions.Token token = subscriptions.ownToken(first, TOPIC);
            assertNotNull(token);
            first.restart("pekko.cluster.seed-nodes = [" + seeds(others.get(0), others.subList(1, 2)) + "]");
            subscriptions.journal(first, List.of(TOPIC), 1);
            subscriptions.resume(first, token, false);
            cluster.awaitUp();
            System.out.println("One cluster "
                    + Duration.ofNanos(System.nanoTime() - mendedNs).toMillis() + " ms after the mend");
            judge(cluster, tool);
        }
        LongFaultsTest.delete(journals);
    }

    private void begin(TestNode node) {
        subscriptions.journal(node, List.of(TOPIC), 1);
        Subscriptions.Entry its = subscriptions.subscribe(node, TOPIC);
        Await.until(
                its.id + " is ready",
                () -> node.call("journal-ready", Arguments.of("id", its.id)).equals("true"));
    }

    /** Which joins the smaller cluster, publishes there, and leaves in good order. */
    private TestNode publishWithATool(TestCluster cluster, TestNode first, List<TestNode> others) {
        TestNode tool =
                cluster.add("tool", "pekko.cluster.seed-nodes = [" + seeds(first, List.of()) + "]", NodeKind.GAPLESS);
        others.forEach(other -> cluster.cut(tool, other));
        tool.awaitStarted();
        subscriptions.journal(tool, List.of(TOPIC), 1);
        hasPublished(tool, 1);
        tool.call("traffic", Arguments.of("on", false));
        tool.leave();
        isOver(tool);
        return tool;
    }

    private void isOver(TestNode node) {
        faults.timed("over", node.name());
        subscriptions.ended(node);
    }

    private static String seeds(TestNode first, List<TestNode> others) {
        return Stream.concat(Stream.of(first), others.stream())
                .map(node -> "\"pekko://multijvm@" + node.address() + '"')
                .collect(Collectors.joining(", "));
    }

    private static List<String> addresses(List<TestNode> nodes) {
        return nodes.stream().map(TestNode::address).sorted().toList();
    }

    /** In so many of its incarnations. */
    private void hasPublished(TestNode node, int incarnations) {
        Await.until(
                node + " has published in " + incarnations + " incarnations",
                node::log,
                () -> published(node) == incarnations);
    }

    private long published(TestNode node) {
        try (Stream<Path> files = Files.list(journals)) {
            return files.filter(file ->
                            file.getFileName().toString().startsWith("publisher-" + TOPIC + "-" + node.name() + "-"))
                    .filter(file -> accepted(file) >= ENOUGH)
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long accepted(Path journal) {
        try (Stream<String> lines = Files.lines(journal)) {
            return lines.filter(line -> line.startsWith("a ")).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void judge(TestCluster cluster, TestNode tool) {
        List<TestNode> nodes = List.of(cluster.node(1), cluster.node(2), cluster.node(3));
        long others = 2; // subscriptions of the cluster that stays
        nodes.forEach(node -> node.call("traffic", Arguments.of("on", false)));
        try {
            Await.value("everybody is level or told", this::lacking, Map::isEmpty);
        } finally {
            checker.judge();
        }
        assertEquals(List.of(), List.copyOf(checker.violations()), journals::toString);
        Map<String, Long> counts = checker.counts();
        System.out.println(counts);
        assertTrue(counts.getOrDefault("told of another cluster", 0L) >= others, () -> "of " + tool + ": " + counts);
        cluster.awaitUp(); // for good
    }

    private Map<String, String> lacking() {
        checker.read();
        return checker.lacking();
    }
}
