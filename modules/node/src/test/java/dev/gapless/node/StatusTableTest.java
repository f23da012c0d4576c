package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.NodeStatus;
import dev.gapless.NodeStatus.OtherClusterStatus;
import dev.gapless.NodeStatus.TopicStatus;
import dev.gapless.gateway.internal.json.StatusJson;
import java.time.Instant;
import java.util.List;
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
    void namesOfTopicsAndNodesStayInTheirLine() {
        TopicStatus topic = new TopicStatus("a\nb", null, null);
        OtherClusterStatus other = new OtherClusterStatus("o\u001b[2J at host:2", 3);
        NodeStatus node = new NodeStatus("n\u001b[2J", "host:1", List.of(topic), false, List.of(other));
        List<String> lines = StatusTable.of(StatusJson.of(List.of(node), List.of(), Instant.EPOCH));
        assertTrue(lines.stream().allMatch(line -> line.equals(Printable.of(line))), lines::toString);
        assertTrue(lines.contains("TOPIC a\\u000ab"), lines::toString);
        assertTrue(
                lines.stream()
                        .anyMatch(line -> line.startsWith(
                                "ANOTHER CLUSTER has the same id: that of o\\u001b[2J at host:2, with 3 members")),
                lines::toString);
    }
}
