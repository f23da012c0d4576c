package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigException;
import dev.gapless.Health.Concern;
import dev.gapless.Health.Kind;
import dev.gapless.Health.State;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A member with which something is wrong says so, and says so no more once it is right again. */
class HealthTest {
    private static TestCluster cluster;

    @BeforeAll
    static void begin() {
        cluster = TestCluster.of(1, """
                gapless {
                  out-of-service-on = [table-closed]
                  reload-interval = 0s
                  reload-jitter = 0s
                  reload-backoff { min = 10ms, max = 20ms }
                  table.max-keys = 2
                }
                """);
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    private final Map<String, String> rows = new ConcurrentHashMap<>();
    private volatile boolean isAway;

    private List<String> read() {
        if (isAway) {
            throw new IllegalStateException("the database is away");
        }
        return List.copyOf(rows.values());
    }

    private Table<String> open(String topic) {
        return cluster.gapless(0)
                .table(
                        Topic.of(topic, String.class),
                        TableSource.versioned(this::read, row -> row.substring(0, 1), row -> 1));
    }

    private static Health health() {
        return cluster.gapless(0).health();
    }

    private static Concern only(Kind kind) {
        List<Concern> concerns = health().concerns();
        assertEquals(List.of(kind), concerns.stream().map(Concern::kind).toList());
        return concerns.get(0);
    }

    private static void awaitUp() {
        await(() -> health().state() == State.UP && health().isReady());
    }

    @Test
    void aTableThatHasNotLoadedIsAConcernUntilItHas() {
        awaitUp();
        isAway = true;
        try (Table<String> table = open("loads")) {
            await(() -> health().state() == State.DEGRADED && table.status().failures() > 1);
            Concern concern = only(Kind.TABLE_NOT_LOADED);
            assertTrue(concern.what().contains("topic loads"), concern::what);
            assertTrue(health().reason().contains("the database is away"), health()::reason);
            assertTrue(health().isUp() && health().isReady(), "out-of-service-on does not name it");
            isAway = false;
            get(table.ready());
            awaitUp();
        }
    }

    @Test
    void aTableThatHasClosedIsAConcernUntilItsHolderClosesIt() {
        awaitUp();
        rows.putAll(Map.of("a", "a:1", "b", "b:1"));
        try (Table<String> table = open("closes")) {
            get(table.ready());
            assertEquals(State.UP, health().state());
            get(cluster.gapless(0).producer(Topic.of("closes", String.class)).publish("c", "c:1"));
            await(() -> table.status().state() == TableStatus.State.CLOSED);
            await(() -> health().state() == State.DEGRADED);
            Concern concern = only(Kind.TABLE_CLOSED);
            assertTrue(concern.what().contains("topic closes"), concern::what);
            assertEquals(table.status().since(), concern.since());
            assertTrue(health().isUp() && !health().isReady(), "out-of-service-on names it");
        }
        awaitUp();
    }

    @Test
    void whatIsNoConcernIsRefusedAtTheStart() {
        ConfigException refused = assertThrows(
                ConfigException.class, () -> TestCluster.of(1, "gapless.out-of-service-on = [store, disk]"));
        assertTrue(
                refused.getMessage().contains("gapless.out-of-service-on")
                        && refused.getMessage().contains("disk"),
                refused::getMessage);
    }
}
