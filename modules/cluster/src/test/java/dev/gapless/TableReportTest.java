package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.NodeStatus.TableReport;
import dev.gapless.NodeStatus.TopicStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the status of a node, as another node asks for it, says of its tables. */
class TableReportTest {
    private static TestCluster cluster;

    private final List<String> rows = new CopyOnWriteArrayList<>(List.of("a:1", "b:1"));
    private volatile @Nullable RuntimeException down;

    private final TableSource<String> source = TableSource.<String>versioned(
                    this::readAll, row -> row.substring(0, 1), row -> Long.parseLong(row.substring(2)))
            .withSize(String::length);

    private List<String> readAll() {
        RuntimeException failure = down;
        if (failure != null) {
            throw failure;
        }
        return rows;
    }

    @BeforeAll
    static void begin() {
        cluster = TestCluster.of(2, """
                gapless {
                  reload-backoff { min = 10ms, max = 20ms }
                  reload-interval = 0s
                  reload-jitter = 0s
                  table.max-keys = 2
                }
                """);
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    private Table<String> open(String topic) {
        return cluster.gapless(1).table(Topic.of(topic, String.class), source);
    }

    private static List<TableReport> reports(String topic) {
        return get(cluster.gapless(0).status(Duration.ofSeconds(10))).stream()
                .filter(node -> node.node().equals(cluster.gapless(1).nodeName()))
                .flatMap(node -> node.topics().stream())
                .filter(status -> status.topic().equals(topic))
                .map(TopicStatus::tables)
                .findFirst()
                .orElse(List.of());
    }

    private static TableReport report(String topic) {
        List<TableReport> all = reports(topic);
        assertEquals(1, all.size(), all::toString);
        return all.get(0);
    }

    @Test
    @DisplayName("a table is stale until it is loaded, then live, and gone once nobody holds it")
    void comesAndGoes() {
        down = new IllegalStateException("database down");
        Table<String> table = open("prices");
        Table<String> other = open("prices");
        await(() -> table.status().failures() >= 2);
        TableReport stale = report("prices");
        assertEquals("stale", stale.state());
        assertNull(stale.loaded());
        assertTrue(stale.failures() >= 2, stale::toString);
        assertTrue(
                String.valueOf(stale.problem())
                        .matches(
                                "it has not been loaded yet; its source could not be read, \\d+ times in a row: database down"),
                stale::toString);
        down = null;
        get(table.ready());
        TableReport live = report("prices");
        assertEquals("live", live.state());
        assertEquals(2, live.rows());
        assertEquals(6, live.bytes());
        assertNotNull(live.loaded());
        assertEquals(0, live.failures());
        assertNull(live.problem());
        table.close();
        assertEquals("live", report("prices").state());
        other.close();
        await(() -> reports("prices").isEmpty());
    }

    @Test
    @DisplayName("the worst come first: what an operator looks for is not behind what is well")
    void worstFirst() {
        TableSource<String> unread = TableSource.versioned(
                () -> {
                    throw new IllegalStateException("database down");
                },
                row -> row,
                row -> 1);
        List<Table<String>> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            for (TableSource<String> one :
                    List.of(source.withSize(row -> 1), unread.withSize(row -> 1))) { // each another one
                all.add(cluster.gapless(1).table(Topic.of("several", String.class), one));
            }
        }
        await(() -> all.stream().filter(table -> table.status().isLive()).count() == 4);
        assertEquals(
                List.of("stale", "stale", "stale", "stale", "live", "live", "live", "live"),
                reports("several").stream().map(TableReport::state).toList());
        all.forEach(Table::close);
    }

    @Test
    @DisplayName(
            "one that has closed by itself is told of until all who opened it have closed it, or it is opened anew")
    void closed() {
        Table<String> table = open("grows");
        get(table.ready());
        get(cluster.gapless(0).producer(Topic.of("grows", String.class)).publish("c", "c:1"));
        await(() -> !reports("grows").isEmpty() && report("grows").state().equals("closed"));
        String problem = String.valueOf(report("grows").problem());
        assertTrue(problem.contains("gapless.table.max-keys"), problem);
        Table<String> anew = open("grows");
        get(anew.ready());
        assertEquals("live", report("grows").state());
        table.close();
        assertEquals("live", report("grows").state());
        get(cluster.gapless(0).producer(Topic.of("grows", String.class)).publish("d", "d:1"));
        await(() -> report("grows").state().equals("closed"));
        anew.close();
        await(() -> reports("grows").isEmpty());
    }
}
