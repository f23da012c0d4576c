package dev.gapless.spring;

import dev.gapless.Gapless;
import dev.gapless.Health;
import dev.gapless.Table;
import dev.gapless.TableStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.springframework.beans.factory.ListableBeanFactory;

/**
 * What the health check says, in either Spring Boot's words: UP when this node is ready ({@link Health#isReady}) and each table that is a bean has
 * its first complete state. DOWN when the node was removed, or a table has closed while the node is a member. OUT_OF_SERVICE otherwise.
 *
 * @param status UP, OUT_OF_SERVICE or DOWN
 * @param details for people
 */
record Standing(String status, Map<String, Object> details) {
    static final String UP = "UP";
    static final String OUT_OF_SERVICE = "OUT_OF_SERVICE";
    static final String DOWN = "DOWN";

    static Standing of(Gapless gapless, ListableBeanFactory beans) {
        return of(gapless.nodeName(), gapless.health(), tables(beans));
    }

    /** Of a node with these tables, by the names of their beans. */
    static Standing of(String node, Health health, Map<String, Table<?>> all) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("node", node);
        details.put("state", health.state());
        details.put("reason", health.reason());
        if (!health.concerns().isEmpty()) {
            details.put(
                    "concerns", health.concerns().stream().map(Object::toString).toList());
        }
        boolean isReady = health.isReady();
        boolean hasClosed = false;
        Map<String, Object> tables = new LinkedHashMap<>();
        for (Map.Entry<String, Table<?>> each : all.entrySet()) {
            TableStatus status = each.getValue().status();
            CompletableFuture<?> ready = each.getValue().ready().toCompletableFuture();
            tables.put(each.getKey(), word(status, ready.isDone()));
            isReady &= ready.isDone();
            hasClosed |= status.state() == TableStatus.State.CLOSED;
        }
        if (!tables.isEmpty()) {
            details.put("tables", tables);
        }
        return new Standing(
                switch (health.state()) {
                    case UP, DEGRADED -> hasClosed ? DOWN : isReady ? UP : OUT_OF_SERVICE;
                    case STARTING, CLOSED -> OUT_OF_SERVICE;
                    case REMOVED -> DOWN;
                },
                details);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // whatever their rows are
    private static Map<String, Table<?>> tables(ListableBeanFactory beans) {
        return (Map) beans.getBeansOfType(Table.class, false, false);
    }

    private static String word(TableStatus status, boolean isReady) {
        String word = isReady ? status.state().name() : "LOADING";
        Throwable cause = status.cause();
        return word + " since " + status.since()
                + (status.failures() > 0 ? ", " + status.failures() + " reads in a row have failed" : "")
                + (cause == null ? "" : ": " + cause);
    }
}
