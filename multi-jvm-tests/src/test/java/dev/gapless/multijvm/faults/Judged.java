package dev.gapless.multijvm.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.multijvm.bench.Await;
import dev.gapless.multijvm.bench.TestCluster;
import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.checker.Checker;
import dev.gapless.multijvm.node.Arguments;
import dev.gapless.multijvm.node.Journal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Nodes, mostly three, that publish to a topic with a small ring and to one with a large ring all the time, subscribe to both, and write
 * everything down; and the checker of that.
 */
final class Judged implements AutoCloseable {
    static final List<String> TOPICS = List.of("small", "large");

    private static final String SETTINGS = """
            pekko.cluster.split-brain-resolver { stable-after = 3s, down-all-when-unstable = 20s }
            gapless {
              producer-return-timeout = 3s
              ready-timeout = 5s
              reload-backoff.max = 1s
              topics.small.buffer-messages = 200
            }
            """;
    private static final Map<String, Long> LARGE_RINGS = Map.of("large", 65_536L);
    private static final int LARGEST_BURST = 300;

    private final TestCluster cluster;
    private final int size;
    private final Path journals;
    private final Journal faults;
    private final Subscriptions subscriptions;
    private final Checker checker;

    private Judged(TestCluster cluster, int size, Path journals, boolean durable) {
        this.cluster = cluster;
        this.size = size;
        this.journals = journals;
        faults = new Journal(journals.toString(), "faults");
        subscriptions = new Subscriptions(journals);
        checker = new Checker(journals, LARGE_RINGS, durable);
    }

    static Judged start(String name, String further) {
        try {
            Path journals = Files.createTempDirectory(Files.createDirectories(Path.of("target", "multijvm")), name);
            return start(name, further, 3, journals, false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same, with nodes that store what they publish: each below a directory of its own, unless these settings say otherwise. */
    static Judged startDurable(String name, String further) {
        return startDurable(name, further, 3);
    }

    static Judged startDurable(String name, String further, int size) {
        try {
            Path journals = Files.createTempDirectory(Files.createDirectories(Path.of("target", "multijvm")), name);
            Path stores = Files.createDirectory(storesOf(journals)).toAbsolutePath();
            return start(name, """
                    gapless.durability = journal
                    gapless.journal { directory = "%s/"${gapless.node-name}, sync = off } # processes are killed, and no machine
                    gapless.topics.small.buffer-messages = 65536
                    """.formatted(stores) + further, size, journals, true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Judged start(String name, String further, int size, Path journals, boolean durable) {
        TestCluster cluster =
                TestCluster.named(name).with(SETTINGS).with(further).start(size);
        Judged judged = new Judged(cluster, size, journals, durable);
        Map<TestNode, String> journalsOf = judged.beginAll();
        if (durable) {
            journalsOf.forEach(judged::awaitPublished);
        }
        return judged;
    }

    private static Path storesOf(Path journals) {
        return journals.resolveSibling(journals.getFileName() + "-stores");
    }

    TestCluster cluster() {
        return cluster;
    }

    /** The directory of a node's store, if it is not a server's. */
    Path store(String node) {
        return storesOf(journals).toAbsolutePath().resolve(node);
    }

    List<TestNode> nodes() {
        return IntStream.rangeClosed(1, size).mapToObj(cluster::node).toList();
    }

    /**
     * It publishes and subscribes; a new process where the one before was, by the tokens in the files that that has left. Returns what its
     * publishers' journals are called by.
     */
    private String begin(TestNode node) {
        String its = subscriptions.journal(node, TOPICS, LARGEST_BURST);
        for (String topic : TOPICS) {
            Subscriptions.Token token = subscriptions.ownToken(node, topic);
            if (token == null) {
                subscriptions.subscribe(node, topic, "latest");
            } else {
                subscriptions.resume(node, token, false);
            }
        }
        return its;
    }

    /** Each of its subscriptions has kept one. */
    void awaitTokens(TestNode node) {
        Await.until(
                node + " has kept tokens",
                () -> TOPICS.stream().allMatch(topic -> subscriptions.ownToken(node, topic) != null));
    }

    /**
     * Each of its subscriptions has kept a further one. The first may be of a time at which a member had not answered: whoever resumes that is told of
     * that member.
     */
    void awaitFurtherTokens(TestNode node) {
        for (String topic : TOPICS) {
            Subscriptions.Token before = subscriptions.ownToken(node, topic);
            Await.until(node + " has kept a further token of topic " + topic, () -> {
                Subscriptions.Token now = subscriptions.ownToken(node, topic);
                return now != null && !now.equals(before);
            });
        }
    }

    /** Each of its subscriptions was told that it missed something, and has reloaded. */
    void awaitReloaded(TestNode node) {
        Await.until(node + " has reloaded", () -> subscriptions.haveReloaded(node));
    }

    /** Its process is over. */
    void ended(TestNode node) {
        subscriptions.ended(node);
        faults.timed("over", node.name());
    }

    /** Its actor system was over at that time. */
    void ended(TestNode node, long ns) {
        faults.line("over", node.name(), ns);
    }

    /**
     * A new process at the same port, whose subscriptions go on by token, and are ready when this returns. Returns what its publishers' journals
     * are called by.
     */
    String comeBack(TestNode node) {
        String its = begin(node.restart());
        awaitReady(node);
        return its;
    }

    /** The same, and its logs are open: a node that is killed before that is one of which its successor knows nothing. */
    void comeBackAndPublish(TestNode node) {
        String its = comeBack(node);
        awaitPublished(node, its);
    }

    private Map<TestNode, String> beginAll() {
        Map<TestNode, String> journalsOf = new LinkedHashMap<>();
        nodes().forEach(node -> journalsOf.put(node, begin(node)));
        return journalsOf;
    }

    private void awaitPublished(TestNode node, String its) {
        Await.until(
                node + " has published",
                () -> TOPICS.stream()
                        .allMatch(topic -> Tools.hasPublished(subscriptions.publisherJournal(topic, node, its))));
    }

    /** New processes of all nodes, which form a cluster anew; all of their logs are open. */
    void comeBackAllAndPublish() {
        nodes().forEach(TestNode::restart);
        cluster.awaitUp();
        Map<TestNode, String> journalsOf = beginAll();
        nodes().forEach(this::awaitReady);
        journalsOf.forEach(this::awaitPublished);
    }

    /** The same at another port. Not before that has joined it has the member removed that it was. */
    void comeBackElsewhere(TestNode node) {
        String before = node.address();
        begin(node.restartElsewhere());
        for (TestNode other : nodes()) {
            if (other != node) {
                Await.value(
                        other + " sees " + node + " beside the member at " + before,
                        other::members,
                        m -> m.all().containsAll(List.of(before, node.address())));
            }
        }
        nodes().stream()
                .filter(other -> other != node)
                .findFirst()
                .orElseThrow()
                .down(before);
        awaitReady(node);
    }

    private void awaitReady(TestNode node) {
        cluster.awaitUp();
        subscriptions
                .living(List.of(node))
                .forEach(s -> Await.until(
                        s.id + " is ready",
                        () -> node.call("journal-ready", Arguments.of("id", s.id))
                                .equals("true")));
    }

    /** Subscriptions were told of so many gaps, while nobody publishes. */
    void awaitTold(long gaps) {
        traffic(false);
        Await.until("told " + gaps + " times", () -> {
            checker.read();
            return told(checker.counts()) >= gaps;
        });
        traffic(true);
    }

    /** Of how many gaps subscriptions were told. */
    static long told(Map<String, Long> counts) {
        return counts.entrySet().stream()
                .filter(count -> count.getKey().startsWith("expired: "))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** Nobody publishes any more until everybody is level, or told; returns how often what has happened so far. */
    Map<String, Long> awaitLevelOrTold() {
        cluster.awaitUp();
        traffic(false);
        try {
            Await.value("everybody is level or told", this::lacking, Map::isEmpty);
        } finally {
            checker.judge();
            checker.violations().stream().limit(20).forEach(System.out::println);
        }
        assertTrue(checker.violations().isEmpty(), () -> journals + "\n" + String.join("\n", checker.violations()));
        Map<String, Long> counts = checker.counts();
        System.out.println(counts);
        traffic(true);
        return counts;
    }

    /** For people: the journals of subscriptions that were told of gaps, without what was delivered, and of who was a member there when. */
    String told() {
        List<String> told = new ArrayList<>();
        for (Path subscription : journals("subscription-")) {
            List<String> lines = lines(subscription).stream()
                    .filter(line -> !line.startsWith("d "))
                    .toList();
            if (lines.stream().anyMatch(line -> line.startsWith("g "))) {
                told.addAll(lines);
                String incarnation = lines.get(0).split(" ", -1)[4];
                journals("members-").stream()
                        .filter(members -> members.toString().contains(incarnation))
                        .forEach(members -> told.addAll(lines(members)));
            }
        }
        return String.join("\n", told);
    }

    private List<Path> journals(String prefix) {
        try (Stream<Path> all = Files.list(journals)) {
            return all.filter(journal -> journal.getFileName().toString().startsWith(prefix))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines(Path journal) {
        try {
            return Files.readAllLines(journal);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, String> lacking() {
        checker.read();
        return checker.lacking();
    }

    private void traffic(boolean on) {
        nodes().stream().filter(TestNode::isAlive).forEach(node -> node.call("traffic", Arguments.of("on", on)));
    }

    /** Journals with a violation stay. */
    @Override
    public void close() throws IOException {
        cluster.close();
        if (checker.violations().isEmpty()) {
            LongFaultsTest.delete(journals);
            if (Files.exists(storesOf(journals))) {
                LongFaultsTest.delete(storesOf(journals));
            }
        }
    }
}
