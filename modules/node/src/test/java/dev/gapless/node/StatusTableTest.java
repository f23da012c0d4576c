package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.Lag;
import dev.gapless.NodeStatus;
import dev.gapless.NodeStatus.ConsumerStatus;
import dev.gapless.NodeStatus.NamedStatus;
import dev.gapless.NodeStatus.OtherClusterStatus;
import dev.gapless.NodeStatus.SubscriptionStatus;
import dev.gapless.NodeStatus.TableReport;
import dev.gapless.NodeStatus.TopicStatus;
import dev.gapless.NodeStatus.Totals;
import dev.gapless.gateway.internal.json.StatusJson;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusTableTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"0a|\\u000a", "1b|\\u001b", "200e|\\u200e", "2028|\\u2028", "d800|\\ud800", "e0001|\\u{e0001}"})
    void whatWouldMoveTheCursorIsWrittenOut(String codePoint, String shown) {
        String name = "a" + Character.toString(Integer.parseInt(codePoint, 16)) + "b";
        assertEquals("a" + shown + "b", Printable.of(name));
    }

    @Test
    void otherTextStaysAsItIs() {
        String name = "prices.€-Ω_𝛑 x";
        assertEquals(name, Printable.of(name));
    }

    @Test
    void aSubscriptionThatWaitsForItsStoreSaysSinceWhenAndWhy() {
        NamedStatus named = new NamedStatus("billing", null, Instant.EPOCH, "it is away");
        SubscriptionStatus waits = new SubscriptionStatus(
                7,
                "waiting_for_store",
                false,
                Lag.NONE,
                0,
                Duration.ZERO,
                0,
                Duration.ZERO,
                0,
                0,
                Map.of(),
                0,
                0,
                named);
        ConsumerStatus consumer = new ConsumerStatus(List.of(), 0, 0, 10, 0, 1000, 1, List.of(waits), Map.of());
        NodeStatus node = new NodeStatus(
                "n",
                "host:1",
                false,
                List.of(new TopicStatus("orders", null, consumer, List.of(), Totals.NONE)),
                false,
                List.of(),
                Totals.NONE,
                List.of());
        JsonNode json = StatusJson.of(List.of(node), List.of(), Instant.EPOCH);
        JsonNode its = json.at("/topics/0/consumers/0/subscriptions/0");
        assertEquals("waiting_for_store", its.get("state").textValue());
        assertEquals("it is away", its.at("/named/problem").textValue());
        String lines = String.join("\n", StatusTable.of(json));
        assertTrue(
                lines.contains(
                        "waiting for store, named billing, NOT OPENED, its store fails since 1970-01-01T00:00:00.000Z: it is away"),
                lines);
    }

    @Test
    void aTableSaysSinceWhenAndWhyItIsStaleOrClosed() {
        Instant loaded = Instant.EPOCH.plusSeconds(60);
        List<TableReport> tables = List.of(
                new TableReport("closed", Instant.EPOCH, 5, 0, loaded, false, 0, "it has more than 5 keys"),
                new TableReport("stale", Instant.EPOCH, 0, 0, null, true, 3, "its source is\naway"),
                new TableReport("live", Instant.EPOCH, 1200, 34_000, loaded, false, 0, null));
        NodeStatus node = new NodeStatus(
                "n",
                "host:1",
                false,
                List.of(new TopicStatus("prices", null, null, tables, Totals.NONE)),
                false,
                List.of(),
                Totals.NONE,
                List.of());
        JsonNode json = StatusJson.of(List.of(node), List.of(), Instant.EPOCH);
        JsonNode stale = json.at("/topics/0/tables/1");
        assertEquals("n", stale.get("node").textValue());
        assertEquals("stale", stale.get("state").textValue());
        assertEquals(3, stale.get("failures").intValue());
        assertTrue(stale.get("loaded").isNull());
        assertTrue(json.at("/topics/0/tables/2/problem").isNull());
        List<String> lines = StatusTable.of(json).stream()
                .map(line -> line.strip().replaceAll(" +", " "))
                .toList();
        String epoch = "since 1970-01-01T00:00:00.000Z";
        assertEquals(
                List.of(
                        "TABLE ON ROWS BYTES LOADED FAILURES STATE",
                        "n 5 - 1970-01-01T00:01:00.000Z 0 CLOSED " + epoch + ": it has more than 5 keys",
                        "n 0 - - 3 STALE " + epoch + ": its source is\\u000aaway, its source is being read",
                        "n 1,200 34,000 1970-01-01T00:01:00.000Z 0 live " + epoch),
                lines.subList(lines.size() - 4, lines.size()));
    }

    @Test
    void namesOfTopicsAndNodesStayInTheirLine() {
        TopicStatus topic = new TopicStatus("a\nb", null, null, List.of(), Totals.NONE);
        OtherClusterStatus other = new OtherClusterStatus("o\u001b[2J at host:2", 3);
        NodeStatus node = new NodeStatus(
                "n\u001b[2J", "host:1", false, List.of(topic), false, List.of(other), Totals.NONE, List.of());
        List<String> lines = StatusTable.of(StatusJson.of(List.of(node), List.of(), Instant.EPOCH));
        assertTrue(lines.stream().allMatch(line -> line.equals(Printable.of(line))), lines::toString);
        assertTrue(lines.contains("TOPIC a\\u000ab"), lines::toString);
        assertTrue(
                lines.stream()
                        .anyMatch(line -> line.startsWith(
                                "ANOTHER CLUSTER has the same id: that of o\\u001b[2J at host:2, with 3 members")),
                lines::toString);
    }

    @Test
    void aStandInIsNotTakenForItsNode() {
        NodeStatus node = new NodeStatus("n", "host:1", true, List.of(), false, List.of(), Totals.NONE, List.of());
        JsonNode json = StatusJson.of(List.of(node), List.of(), Instant.EPOCH);
        assertTrue(json.at("/members/0/stands_in").booleanValue());
        List<String> lines = StatusTable.of(json).stream()
                .map(line -> line.strip().replaceAll(" +", " "))
                .toList();
        assertTrue(lines.contains("n host:1 stands in for it"), lines::toString);
    }
}
