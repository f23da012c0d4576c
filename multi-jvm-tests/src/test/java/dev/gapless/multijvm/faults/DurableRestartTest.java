package dev.gapless.multijvm.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.durable.PostgresServer;
import dev.gapless.multijvm.bench.Await;
import dev.gapless.multijvm.bench.LinkProxy;
import dev.gapless.multijvm.bench.TestNode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Nodes with durable topics are killed under traffic, and start again on their stores: one after the other, with {@code -Ddurable.server.kills=true}
 * PostgreSQL each second time as well, and all at once.
 * {@code -Ddurable.kills=100} kills so many times instead of four, {@code -Ddurable.kills.of.all=50} instead of once; {@code -Ddurable.seed=1}
 * draws as another run did.
 */
@Order(2) // takes long
@Tag("thorough")
@Tag("day0")
class DurableRestartTest {
    private static final int KILLS = Integer.getInteger("durable.kills", 4);
    private static final int KILLS_OF_ALL = Integer.getInteger("durable.kills.of.all", 1);

    private static final String SETTINGS = """
            pekko.cluster.downing-provider-class = "" # a dead member stays until its successor has it removed
            """;

    private static final boolean KILLS_SERVER = Boolean.getBoolean("durable.server.kills");
    private static final String SERVER_IS_BACK =
            KILLS_SERVER ? "gapless { store-backoff.max = 500ms, store-timeout = 5s }\n" : "";

    @Test
    void ruleD1_onH2WhatWasAcceptedIsDeliveredInOrderAndOnceAndNoProducerIsLost() throws IOException {
        try (Judged judged = Judged.startDurable("DurableOnH2", SETTINGS)) {
            killsEachTimeOne(judged, () -> {});
        }
    }

    @Test
    void ruleD1_onPostgresWhatWasAcceptedIsDeliveredInOrderAndOnceAndNoProducerIsLost() throws IOException {
        try (PostgresServer server = PostgresServer.start();
                Judged judged = Judged.startDurable("DurableOnPostgres", SETTINGS + SERVER_IS_BACK + server.config())) {
            killsEachTimeOne(judged, () -> {
                server.kill(); // publishes of the others are refused meanwhile, or nobody knows whether they were
                // stored
                server.up();
            });
        }
    }

    private static void killsEachTimeOne(Judged judged, Runnable withEachSecond) {
        Random random = drawn();
        Map<String, Long> before = judged.awaitLevelOrTold();
        for (int kill = 0; kill < KILLS; kill++) {
            TestNode node = judged.nodes().get(random.nextInt(judged.nodes().size()));
            judged.awaitFurtherTokens(node);
            long pid = node.pid();
            kill(judged, node);
            if (KILLS_SERVER && kill % 2 == 1) {
                withEachSecond.run();
            }
            judged.comeBackAndPublish(node);
            assertNotEquals(pid, node.pid());
        }
        Map<String, Long> after = judged.awaitLevelOrTold();
        assertHaveResumed(KILLS, before, after);
        assertEquals(Set.of(), expiries(after), () -> after + "\n" + judged.told());
    }

    /** The oldest node stands in, behind a proxy of its own as every node is. */
    @Test
    void ruleC11_onPostgresANodeThatIsKilledForEverIsStoodInForAndNobodyIsToldAnything() throws IOException {
        LinkProxy proxy = new LinkProxy("stand-in");
        try (PostgresServer server = PostgresServer.start();
                Judged judged = Judged.startDurable("DurableStandIn", server.config() + """
                        gapless.journal { take-over-after = 2s, stand-in-port = %d }
                        """.formatted(proxy.port()))) {
            TestNode oldest = judged.nodes().get(0);
            proxy.start(new InetSocketAddress(oldest.bindHost(), proxy.port()));
            Map<String, Long> before = judged.awaitLevelOrTold();
            kill(judged, judged.nodes().get(2));
            Await.value("a stand-in is up", oldest::members, m -> m.up().contains("127.0.0.1:" + proxy.port()));
            Map<String, Long> after = judged.awaitLevelOrTold(); // once it has left
            assertTrue(after.get("published") > before.get("published"), after::toString);
            assertEquals(Set.of(), expiries(after), () -> after + "\n" + judged.told());
        } finally {
            proxy.close();
        }
    }

    @Test
    void rowP6_allAreKilledAtOnceAndEachTokenIsToldThatNobodyKnowsWhoElsePublished() throws IOException {
        try (Judged judged = Judged.startDurable("DurableAllAtOnce", SETTINGS)) {
            killsAll(judged);
        }
    }

    @Test
    void rowP6_onPostgresAllAreKilledAtOnceAndEachTokenIsToldThatNobodyKnowsWhoElsePublished() throws IOException {
        try (PostgresServer server = PostgresServer.start();
                Judged judged = Judged.startDurable("DurableAllAtOncePostgres", SETTINGS + server.config())) {
            killsAll(judged);
        }
    }

    private static void killsAll(Judged judged) {
        Map<String, Long> before = judged.awaitLevelOrTold();
        for (int kill = 0; kill < KILLS_OF_ALL; kill++) {
            judged.nodes().forEach(judged::awaitFurtherTokens);
            judged.nodes().forEach(node -> kill(judged, node));
            judged.comeBackAllAndPublish();
            judged.nodes().forEach(judged::awaitReloaded);
        }
        Map<String, Long> after = judged.awaitLevelOrTold();
        int resumed = KILLS_OF_ALL * judged.nodes().size();
        assertHaveResumed(resumed, before, after);
        Set<String> reasons = Set.of("expired: POSITION_UNKNOWN", "expired: PRODUCER_LOST");
        assertTrue(reasons.containsAll(expiries(after)), () -> after + "\n" + judged.told());
        // Once each. What is told by name besides, of streams that came and went behind a token, or whose producers had
        // not answered when it was taken, is judged by the checker.
        long told = after.getOrDefault("told that anything may be missed", 0L);
        assertEquals((long) resumed * Judged.TOPICS.size(), told, () -> after + "\n" + judged.told());
    }

    @Test
    void ruleT2_aSingleNodeIsKilledAndItsTokensAreToldNothing() throws IOException {
        String settings = "pekko.cluster.roles = [gapless-single-node]\n";
        try (Judged judged = Judged.startDurable("DurableSingleNode", settings, 1)) {
            Map<String, Long> before = judged.awaitLevelOrTold();
            TestNode node = judged.nodes().get(0);
            for (int kill = 0; kill < KILLS; kill++) {
                judged.awaitFurtherTokens(node);
                kill(judged, node);
                judged.comeBackAndPublish(node);
            }
            Map<String, Long> after = judged.awaitLevelOrTold();
            assertHaveResumed(KILLS, before, after);
            assertEquals(Set.of(), expiries(after), () -> after + "\n" + judged.told());
        }
    }

    private static Random drawn() {
        long seed = Long.getLong("durable.seed", System.nanoTime());
        System.out.println("-Ddurable.seed=" + seed);
        return new Random(seed);
    }

    private static void kill(Judged judged, TestNode node) {
        node.kill();
        assertTrue(node.wasKilled());
        judged.ended(node);
    }

    private static Set<String> expiries(Map<String, Long> counts) {
        return counts.keySet().stream()
                .filter(what -> what.startsWith("expired"))
                .collect(Collectors.toSet());
    }

    private static void assertHaveResumed(int nodes, Map<String, Long> before, Map<String, Long> after) {
        assertEquals(
                (long) nodes * Judged.TOPICS.size(),
                after.getOrDefault("tokens resumed", 0L) - before.getOrDefault("tokens resumed", 0L),
                after::toString);
        assertTrue(after.get("published") > before.get("published"), after::toString);
    }
}
