package dev.gapless.multijvm.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.durable.PostgresServer;
import dev.gapless.multijvm.bench.TestNode;
import java.io.IOException;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * A node's store is emptied, moved away and back, and put back to a backup, each while the node does not run; and then the node never comes
 * back. Who reads it is told each time, in its place, and goes on.
 */
@Order(2) // takes long
@Tag("thorough")
@Tag("day1")
class LostStoresTest {
    private static final String SETTINGS = "gapless { durable-return-timeout = 8s, journal.take-over-after = off }\n";

    /** Who reads the node: its own subscriptions, and those of the two others. */
    private static final int READERS = 3 * Judged.TOPICS.size();

    @Test
    @EnabledIfSystemProperty(named = "lost.stores", matches = "h2|all")
    void rowP6_onH2WhoReadsALostStoreIsTold() throws IOException {
        try (Judged judged = Judged.startDurable("LostStoresOnH2", SETTINGS)) {
            areLost(judged, new StoreOfFiles(judged.store("n3")));
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "lost.stores", matches = "postgres|all")
    void rowP6_onPostgresWhoReadsALostStoreIsTold() throws IOException {
        try (PostgresServer server = PostgresServer.start();
                Judged judged = Judged.startDurable("LostStoresOnPostgres", SETTINGS + server.config())) {
            areLost(judged, new StoreOfRows(server, "n3"));
        }
    }

    private static void areLost(Judged judged, LosableStore store) {
        TestNode node = judged.cluster().node(3);
        long told = Judged.told(judged.awaitLevelOrTold());
        assertEquals(0, told);

        killed(judged, node);
        store.copy("backup");
        judged.comeBackAndPublish(node);
        assertEquals(0, Judged.told(judged.awaitLevelOrTold()), judged::told);

        killed(judged, node);
        store.empty();
        told = isTold(judged, node, told, "emptied");

        killed(judged, node);
        store.copy("away");
        store.empty();
        told = isTold(judged, node, told, "moved away");

        killed(judged, node);
        store.putBack("away");
        told = isTold(judged, node, told, "moved back");

        killed(judged, node);
        store.putBack("backup");
        told = isTold(judged, node, told, "put back to a backup");

        killed(judged, node);
        judged.awaitTold(told + READERS - Judged.TOPICS.size()); // the others, each once
        assertEquals(told + READERS - Judged.TOPICS.size(), Judged.told(judged.awaitLevelOrTold()), judged::told);
    }

    private static long isTold(Judged judged, TestNode node, long before, String what) {
        judged.comeBackAndPublish(node);
        long after = Judged.told(judged.awaitLevelOrTold());
        System.out.println(what + ": told " + (after - before) + " times");
        assertTrue(after - before >= READERS, () -> what + ": " + (after - before) + "\n" + judged.told());
        return after;
    }

    private static void killed(Judged judged, TestNode node) {
        judged.awaitFurtherTokens(node);
        node.kill();
        assertTrue(node.wasKilled());
        judged.ended(node);
    }
}
