package dev.gapless.multijvm.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.multijvm.bench.Await;
import dev.gapless.multijvm.bench.TestCluster;
import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.bench.Traffic;
import dev.gapless.multijvm.checker.TableChecker;
import dev.gapless.multijvm.node.Arguments;
import dev.gapless.multijvm.node.GatewayClient.Gateway;
import dev.gapless.multijvm.node.Json;
import dev.gapless.multijvm.node.StateClient;
import dev.gapless.multijvm.node.StateProtocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Three nodes write rows to one source of truth, publish them, and have a table of it each; clients of their gateways show the same. Nodes are
 * killed, stopped and removed, links are cut, and the source fails. Each state that anybody is shown is judged. {@code -Dtable.minutes=10} makes
 * it longer, {@code -Dtable.seed=7} draws the same faults again.
 */
@Isolated("its nodes and clients are many")
class TablesUnderFaultsTest {
    private static final @Nullable Integer MINUTES = Integer.getInteger("table.minutes");
    private static final int NODES = 3;
    private static final int CLIENTS_OF_A_PROTOCOL = 2;
    private static final Duration ROUND = Duration.ofSeconds(30);
    private static final int LONGEST_PAUSE_MS = 5_000;
    private static final int RETURN_TIMEOUT_MS = 3_000;
    private static final Set<Fault> SHORT = Set.of(Fault.KILL_AND_RESTART, Fault.PAUSE, Fault.CUT_ONE_WAY, Fault.RESET);
    private static final List<Fault> LONG = List.of(
            Fault.KILL_AND_RESTART,
            Fault.KILL_AND_STAY_AWAY,
            Fault.PAUSE,
            Fault.BLACKHOLE,
            Fault.CUT_ONE_WAY,
            Fault.CUT_BOTH_WAYS,
            Fault.CUT_ALL_TRAFFIC,
            Fault.RESET,
            Fault.LOSE);

    private static final String SETTINGS = """
            pekko.cluster.failure-detector.acceptable-heartbeat-pause = 6s
            pekko.cluster.split-brain-resolver { stable-after = 4s, down-all-when-unstable = 20s }
            pekko.actor.serialization-bindings { "dev.gapless.multijvm.node.TableRow" = jackson-json }
            gapless {
              producer-return-timeout = %dms
              ready-timeout = 3s
              reload-interval = 200ms
              reload-jitter = 100ms
              reload-backoff { min = 50ms, max = 500ms }
              table.read-timeout = 3s
              topics.rows.buffer-messages = 60
              gateway { port = 0, grpc-port = 0, state-timeout = 3s }
            }
            """.formatted(RETURN_TIMEOUT_MS);

    private final Random random;
    private final Map<String, Gateway> gateways = new ConcurrentHashMap<>();
    private final Map<TestNode, String> processes = new ConcurrentHashMap<>();
    /** Processes that the cluster may have removed while they went on writing: nobody is told of what these wrote. */
    private final Set<String> removed = new HashSet<>();

    private final List<Fault> toCome = new ArrayList<>();
    private final Map<Fault, Integer> took = new EnumMap<>(Fault.class);
    private final Path journals;
    private final TableChecker checker;

    TablesUnderFaultsTest() throws IOException {
        long seed = Long.getLong("table.seed", new Random().nextInt(1_000_000));
        random = new Random(seed);
        journals = Files.createTempDirectory(Files.createDirectories(Path.of("target", "multijvm")), "Tables");
        checker = new TableChecker(journals);
        System.out.println("-Dtable.seed=" + seed + ", journals in " + journals);
    }

    @Test
    @DisplayName("each state that a table, a listener, a stream or a client shows is complete, and no key goes back")
    void briefly() throws Exception {
        run(Duration.ZERO, SHORT);
    }

    @Test
    @Tag("thorough")
    @Tag("day1")
    @DisplayName("the same for a minute or more, with all faults")
    void forLong() throws Exception {
        run(Duration.ofMinutes(MINUTES == null ? 1 : MINUTES), Set.copyOf(LONG));
    }

    private void run(Duration time, Set<Fault> faults) throws Exception {
        try (RowStore store = new RowStore(journals.toString(), new Random(random.nextLong()));
                TestCluster cluster = TestCluster.named("Tables").with(SETTINGS).start(NODES)) {
            List<TestNode> nodes =
                    IntStream.rangeClosed(1, NODES).mapToObj(cluster::node).toList();
            nodes.forEach(node -> begin(node, store));
            List<StateClient> clients = Arrays.stream(StateProtocol.values())
                    .flatMap(protocol -> IntStream.rangeClosed(1, CLIENTS_OF_A_PROTOCOL)
                            .mapToObj(number ->
                                    new StateClient(journals, number, protocol, () -> List.copyOf(gateways.values()))))
                    .toList();
            List<Thread> threads = clients.stream().map(Thread::new).toList();
            threads.forEach(Thread::start);
            try {
                long endNs = System.nanoTime() + time.toNanos();
                do {
                    round(cluster, nodes, store, clients, faults);
                } while (System.nanoTime() - endNs < 0 && checker.violations().isEmpty());
            } finally {
                clients.forEach(StateClient::stop);
                threads.forEach(Thread::interrupt);
                print(clients);
            }
            assertEquals(Set.of(), checker.violations(), journals::toString);
            assertTookPlace(store, clients, faults);
        }
        LongFaultsTest.delete(journals);
    }

    // ------------------------------------------------------------------ nodes

    private void begin(TestNode node, RowStore store) {
        String process = Json.read(
                node.call(
                        "table",
                        Arguments.of("name", node.name())
                                .and("url", store.url())
                                .and("directory", journals.toAbsolutePath())),
                String.class);
        processes.put(node, process);
        List<Integer> ports = Json.readList(node.call("table-gateway", Arguments.none()), Integer.class);
        gateways.put(process, new Gateway(node.name(), process, ports.get(0), ports.get(1)));
        traffic(node, true);
    }

    private static void traffic(TestNode node, boolean on) {
        node.call("table-traffic", Arguments.of("on", on));
    }

    /** Its process is over. */
    private void ended(TestNode node) {
        String process = processes.remove(node);
        if (process != null) {
            gateways.remove(process);
        }
    }

    // ------------------------------------------------------------------ faults

    private void round(
            TestCluster cluster, List<TestNode> nodes, RowStore store, List<StateClient> clients, Set<Fault> faults) {
        store.fails(true);
        clients.forEach(client -> client.moves(true));
        nodes.forEach(node -> traffic(node, true));
        long endNs = System.nanoTime() + ROUND.toNanos();
        List<Fault> all = LONG.stream().filter(faults::contains).toList();
        if (faults.equals(SHORT)) {
            all.forEach(fault -> strike(fault, cluster, nodes, store));
        } else {
            do {
                strike(next(all), cluster, nodes, store);
            } while (System.nanoTime() - endNs < 0);
        }
        settle(cluster, nodes, store, clients);
    }

    /** Each of them once, in a drawn order, and then again. */
    private Fault next(List<Fault> all) {
        if (toCome.isEmpty()) {
            toCome.addAll(all);
            Collections.shuffle(toCome, random);
        }
        return toCome.remove(0);
    }

    private void strike(Fault fault, TestCluster cluster, List<TestNode> nodes, RowStore store) {
        Lasting.last(random, 1_000);
        TestNode one = nodes.get(random.nextInt(NODES));
        TestNode other = nodes.get((nodes.indexOf(one) + 1 + random.nextInt(NODES - 1)) % NODES);
        LinkFaults links = new LinkFaults(cluster);
        List<TestNode> both = List.of(one, other);
        try {
            switch (fault) {
                case KILL_AND_RESTART -> kill(one, store, 0);
                case KILL_AND_STAY_AWAY -> kill(one, store, 2 * RETURN_TIMEOUT_MS);
                case PAUSE -> pause(one);
                case BLACKHOLE -> isRemoved(cluster, one);
                case CUT_ONE_WAY -> links.cutOneWay(both, random);
                case CUT_BOTH_WAYS -> links.cutBothWays(both, random);
                case CUT_ALL_TRAFFIC -> links.cutAllTraffic(both, random);
                case RESET -> links.reset(both, Traffic.MESSAGES);
                case LOSE -> links.lose(both);
                default -> throw new IllegalStateException(fault + " is not one of them");
            }
            took.merge(fault, 1, Integer::sum);
        } catch (Lasting.Interrupted e) {
            // one of them has ended
        }
        startAgain(nodes, store);
    }

    private void kill(TestNode node, RowStore store, int awayMs) {
        node.kill();
        assertTrue(node.wasKilled());
        ended(node);
        Lasting.sleep(awayMs);
        node.restart();
        begin(node, store);
    }

    private void pause(TestNode node) {
        node.pause();
        Lasting.sleep(LONGEST_PAUSE_MS / 2 + random.nextInt(LONGEST_PAUSE_MS / 2));
        node.resume();
    }

    /** It is cut off until the others have removed it, and it has ended by itself. */
    private void isRemoved(TestCluster cluster, TestNode node) {
        removed.add(processes.get(node));
        cluster.isolate(node);
        try {
            node.awaitEnd();
        } finally {
            cluster.rejoin(node);
        }
    }

    /** Those that the cluster has removed have ended. */
    private void startAgain(List<TestNode> nodes, RowStore store) {
        for (TestNode node : nodes) {
            if (!node.isAlive()) {
                removed.add(String.valueOf(processes.get(node)));
                ended(node);
                node.restart();
                begin(node, store);
            }
        }
    }

    // ------------------------------------------------------------------ and when they are over

    private void settle(TestCluster cluster, List<TestNode> nodes, RowStore store, List<StateClient> clients) {
        cluster.awaitUp();
        store.fails(false);
        clients.forEach(client -> client.moves(false));
        nodes.forEach(node -> traffic(node, false));
        publishForThoseThatWereRemoved(nodes.get(0), store);
        try {
            Await.value("everybody shows what the source has", this::lacking, Map::isEmpty);
        } finally {
            clients.forEach(client -> assertNull(client.failure()));
        }
    }

    private Map<String, String> lacking() {
        checker.read();
        return checker.lacking(Set.copyOf(processes.values()));
    }

    /** As whoever keeps a list of what is to be published would: nobody hears of what a node publishes that was removed. */
    private void publishForThoseThatWereRemoved(TestNode node, RowStore store) {
        store.all().forEach((key, row) -> {
            if (removed.contains(row.process())) {
                node.call(
                        "table-publish",
                        Arguments.of("key", key).and("version", row.version()).and("deletes", row.deleted()));
            }
        });
    }

    private void print(List<StateClient> clients) {
        Map<String, Object> table = new TreeMap<>(checker.counts());
        took.forEach((fault, times) -> table.put("fault: " + fault, times));
        table.put("violations", checker.violations().size());
        table.put(
                "times that a gateway was behind",
                clients.stream().mapToInt(StateClient::behind).sum());
        table.forEach((what, count) -> System.out.printf("  %-80s %12s%n", what, count));
        checker.violations().stream().limit(20).forEach(v -> System.out.println("  " + v));
    }

    private void assertTookPlace(RowStore store, List<StateClient> clients, Set<Fault> faults) {
        Map<String, Long> counts = checker.counts();
        if (faults.equals(SHORT) || (MINUTES != null && MINUTES > 1)) {
            assertEquals(faults, took.keySet());
        }
        for (String what : List.of("became stale, as seen by view", "reads that failed", "own writes read")) {
            assertTrue(counts.getOrDefault(what, 0L) > 0, () -> "none " + what + ": " + counts);
        }
        // Of one overrun nobody may be told who looks now and then, or has moved to another gateway: of many somebody
        // is.
        String told = MINUTES != null && MINUTES > 1 ? ": OVERRUN" : "";
        assertTrue(
                counts.keySet().stream().anyMatch(what -> what.startsWith("told by a ") && what.endsWith(told)),
                counts::toString);
        assertTrue(counts.get("reads that succeeded") > NODES, counts::toString);
        assertTrue(faults.equals(SHORT) ? store.refused() + store.halved() > 0 : store.refused() * store.halved() > 0);
        clients.forEach(client -> assertTrue(client.sessions() > 1));
        for (StateProtocol protocol : StateProtocol.values()) {
            String what = "sessions of " + protocol.shortName() + " with a token";
            assertTrue(counts.getOrDefault(what, 0L) > 0, () -> "no " + what + ": " + counts);
        }
    }
}
