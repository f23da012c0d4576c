package dev.gapless.multijvm.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.multijvm.bench.Await;
import dev.gapless.multijvm.bench.TestCluster;
import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.checker.Checker;
import dev.gapless.multijvm.node.Arguments;
import dev.gapless.multijvm.node.GatewayClient;
import dev.gapless.multijvm.node.GatewayClient.Gateway;
import dev.gapless.multijvm.node.Journal;
import dev.gapless.multijvm.node.Json;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Clients outside the cluster move between its gateways, each with its token, while nodes stand still, are killed, and one forms a cluster
 * by itself. Each has one history.
 */
@Isolated("its clients are many")
@Tag("thorough")
@Tag("day2")
class GatewayClientsTest {
    private static final String TOPIC = "clients";
    private static final int CLIENTS = 40;
    private static final int MOVES = 25;
    private static final int LARGEST_BURST = 20;
    private static final String SETTINGS = """
            pekko.cluster.split-brain-resolver { stable-after = 3s, down-all-when-unstable = 20s }
            gapless {
              other-cluster = give-way
              other-cluster-grace = 2s
              producer-return-timeout = 10s # who is started again is back before, on a busy machine, too
              ready-timeout = 3s
              reload-interval = 0s
              reload-jitter = 0s
              topics.clients.buffer-messages = 2000
              gateway { port = 0, grpc-port = off }
            }
            """;

    private final Path journals;
    private final Journal faults;
    private final Subscriptions subscriptions;
    private final Checker checker;
    private final Map<TestNode, Gateway> gateways = new ConcurrentHashMap<>();

    GatewayClientsTest() throws IOException {
        journals = Files.createTempDirectory(Files.createDirectories(Path.of("target", "multijvm")), "GatewayClients");
        faults = new Journal(journals.toString(), "faults");
        subscriptions = new Subscriptions(journals);
        checker = new Checker(journals, Map.of());
    }

    @Test
    @DisplayName("rowB1, ruleT2: clients that move between gateways while nodes fail have one history each")
    void eachClientHasOneHistory() throws Exception {
        HttpClient http = HttpClient.newHttpClient();
        List<GatewayClient> clients = IntStream.rangeClosed(1, CLIENTS)
                .mapToObj(number ->
                        new GatewayClient(http, journals, TOPIC, number, MOVES, () -> List.copyOf(gateways.values())))
                .toList();
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try (TestCluster cluster =
                TestCluster.named("GatewayClients").with(SETTINGS).start(3)) {
            List<TestNode> nodes =
                    IntStream.rangeClosed(1, 3).mapToObj(cluster::node).toList();
            nodes.forEach(this::begin);
            clients.forEach(threads::execute);
            try {
                haveMoved(clients, 3);
                standsStill(nodes.get(1));
                haveMoved(clients, 8);
                isKilled(cluster, nodes.get(2));
                haveMoved(clients, 13);
                isAlone(cluster, nodes.get(0), nodes.subList(1, 3), clients);
                haveMoved(clients, MOVES);
                judge(nodes, clients);
            } finally {
                clients.forEach(GatewayClient::stop);
                threads.shutdownNow();
            }
        }
        LongFaultsTest.delete(journals);
    }

    private void begin(TestNode node) {
        String its = subscriptions.journal(node, List.of(TOPIC), LARGEST_BURST);
        int port = Json.read(node.call("gateway", Arguments.of("id", "gateway")), Integer.class);
        gateways.put(node, new Gateway(node.name(), its, port, 0));
    }

    private void isOver(TestNode node) {
        gateways.remove(node);
        faults.timed("over", node.name());
        subscriptions.ended(node);
    }

    private static void haveMoved(List<GatewayClient> clients, int times) {
        Await.until("each client has moved " + times + " times", () -> {
            for (GatewayClient client : clients) {
                if (client.failure() != null) {
                    throw new AssertionError("a client failed", client.failure());
                }
            }
            return clients.stream().allMatch(client -> client.moved() >= times);
        });
    }

    private void standsStill(TestNode node) throws InterruptedException {
        long began = System.nanoTime();
        node.pause();
        Thread.sleep(2_000); // how long it stands still
        node.resume();
        faults.timed("fault", Fault.PAUSE, began);
    }

    private void isKilled(TestCluster cluster, TestNode node) {
        long began = System.nanoTime();
        node.kill();
        isOver(node);
        node.restart();
        begin(node);
        cluster.awaitUp();
        faults.timed("fault", Fault.KILL_AND_RESTART, began);
    }

    /** It is killed, and forms a cluster of its own; clients move to and fro between the two. */
    private void isAlone(TestCluster cluster, TestNode first, List<TestNode> others, List<GatewayClient> clients) {
        long began = System.nanoTime();
        first.kill();
        isOver(first);
        others.forEach(other -> cluster.cut(first, other));
        first.restart("pekko.cluster { seed-node-timeout = 20ms, seed-nodes = [" + seeds(first, others) + "] }");
        begin(first);
        List<String> theirs = addresses(others);
        others.forEach(other -> Await.value(
                other + " has a cluster without " + first,
                other::members,
                m -> m.all().equals(theirs)));
        Await.value(first + " has a cluster of its own", first::members, m -> m.up().equals(addresses(List.of(first))));
        haveMoved(clients, clients.stream().mapToInt(GatewayClient::moved).max().orElseThrow() > MOVES ? MOVES : 18);
        others.forEach(other -> cluster.heal(first, other));
        assertEquals("GaveWay", first.awaitEnd());
        isOver(first);
        first.restart("pekko.cluster.seed-nodes = [" + seeds(others.get(0), others.subList(1, 2)) + "]");
        begin(first);
        cluster.awaitUp();
        faults.timed("fault", Fault.TWO_CLUSTERS, began);
    }

    private static String seeds(TestNode first, List<TestNode> others) {
        return Stream.concat(Stream.of(first), others.stream())
                .map(node -> "\"pekko://multijvm@" + node.address() + '"')
                .collect(Collectors.joining(", "));
    }

    private static List<String> addresses(List<TestNode> nodes) {
        return nodes.stream().map(TestNode::address).sorted().toList();
    }

    private void judge(List<TestNode> nodes, List<GatewayClient> clients) {
        nodes.forEach(node -> node.call("traffic", Arguments.of("on", false)));
        try {
            Await.value("everybody is level or told", this::lacking, Map::isEmpty);
        } finally {
            checker.judge();
        }
        clients.forEach(client -> assertNull(client.failure()));
        assertEquals(List.of(), List.copyOf(checker.violations()), journals::toString);
        Map<String, Long> counts = checker.counts();
        System.out.println(counts);
        for (Fault fault : List.of(Fault.PAUSE, Fault.KILL_AND_RESTART, Fault.TWO_CLUSTERS)) {
            assertEquals(1, counts.get("fault: " + fault), () -> "" + counts);
        }
        assertTrue(counts.get("tokens resumed") >= (MOVES - 1L) * CLIENTS, () -> "" + counts);
        for (String expiry : List.of("expired: PRODUCER_RESTARTED", "expired: POSITION_UNKNOWN")) {
            assertTrue(counts.getOrDefault(expiry, 0L) > 0, () -> "none " + expiry + ": " + counts);
        }
    }

    private Map<String, String> lacking() {
        checker.read();
        return checker.lacking();
    }
}
