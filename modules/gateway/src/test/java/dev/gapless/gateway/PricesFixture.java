package dev.gapless.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.Producer;
import dev.gapless.Table;
import dev.gapless.TableSource;
import dev.gapless.Topic;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A gateway that has a table of prices, the source of its rows, and who writes them. */
abstract class PricesFixture {
    static final Topic<JsonNode> PRICES = Topic.of("prices", JsonNode.class);

    final Map<String, ObjectNode> rows = new ConcurrentHashMap<>();
    final Map<String, Long> versions = new HashMap<>();
    /** Is in each row from now on. */
    String text = "";

    final TableSource<JsonNode> source = TableSource.versioned(
            () -> List.<JsonNode>copyOf(rows.values()),
            row -> row.path("id").asText(),
            row -> row.path("v").asLong());

    TestGateway gateway;
    Table<JsonNode> table;
    Producer<JsonNode> producer;

    @BeforeEach
    void start() {
        put("EURUSD", 1);
        put("EURCHF", 2);
        put("BTCUSD", 3);
        gateway = TestGateway.withTables("""
                gapless {
                  node-name = n1
                  reload-backoff { min = 10ms, max = 10ms }
                  topics.prices.buffer-messages = 256
                  gateway { state-timeout = 2s, write-timeout = 60s, max-event-bytes = 64 KiB }
                }
                """, gapless -> {
            table = gapless.table(PRICES, source);
            producer = gapless.producer(PRICES);
            return List.of(table);
        });
        TestGateway.get(table.ready());
    }

    @AfterEach
    void end() {
        gateway.close();
    }

    /** The source has this, and nobody is told. */
    final ObjectNode put(String key, int price) {
        long version = versions.merge(key, 1L, Long::sum);
        ObjectNode row = TestGateway.JSON
                .createObjectNode()
                .put("id", key)
                .put("v", version)
                .put("price", price)
                .put("text", text);
        rows.put(key, row);
        return row;
    }

    final Position publish(String key, int price) {
        return TestGateway.get(producer.publish(key, put(key, price)));
    }

    /** The same once the table has it: so many of them do not overtake the table. */
    final void publishAndReach(String key, int price) {
        var unused = TestGateway.get(table.reached(publish(key, price)));
    }

    /** What the table cannot use it treats like a gap: it reads its source again. */
    final Position miss() {
        ObjectNode other = TestGateway.JSON.createObjectNode().put("id", "another");
        return TestGateway.get(producer.publish("EURCHF", other));
    }

    final void delete(String key) {
        rows.remove(key);
        var unused = TestGateway.get(producer.delete(key, versions.merge(key, 1L, Long::sum)));
    }

    /** The price of each key in the source. */
    final Map<String, Integer> now() {
        Map<String, Integer> now = new TreeMap<>();
        rows.forEach((key, row) -> now.put(key, row.path("price").asInt()));
        return now;
    }

    /** As the view's, but so many messages further on in that stream. */
    final CursorToken ahead(Position position, long by) {
        CursorToken now = table.view().token();
        List<CursorToken.Entry> entries = new ArrayList<>();
        now.entries()
                .forEach(entry -> entries.add(
                        entry.epoch().equals(position.epoch())
                                ? new CursorToken.Entry(
                                        entry.node(), entry.uid(), entry.epoch(), position.sequence() + by, false)
                                : entry));
        return new CursorToken(now.topic(), now.cluster(), now.timeMs(), now.historyId(), entries, 0);
    }
}
