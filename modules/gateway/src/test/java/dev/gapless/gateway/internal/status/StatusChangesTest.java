package dev.gapless.gateway.internal.status;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

class StatusChangesTest {
    private static ObjectNode status(String members, String topics, String losses, String clients) {
        return StatusAskerTest.json("{\"time\":2,\"totals\":{\"published\":3},\"members\":" + members + ",\"topics\":"
                + topics + ",\"losses\":" + losses + ",\"gateway\":{\"client_count\":1,\"clients\":" + clients + "}}");
    }

    private static void changes(String expected, ObjectNode before, ObjectNode now) {
        assertEquals(
                StatusAskerTest.json(
                        "{\"type\":\"status_changed\",\"time\":2,\"totals\":{\"published\":3}," + expected + "}"),
                StatusChanges.between(before, now));
    }

    @Test
    void whatChangedAndWhatIsNewIsToldWholeAndWhatIsGoneByItsName() {
        changes(
                "\"members\":{\"changed\":[{\"address\":\"b\",\"answers\":false}],\"gone\":[]},"
                        + "\"topics\":{\"changed\":[{\"topic\":\"z\"}],\"gone\":[\"y\"]},\"gateway\":{\"client_count\":1}",
                status(
                        "[{\"address\":\"a\"},{\"address\":\"b\",\"answers\":true}]",
                        "[{\"topic\":\"x\"},{\"topic\":\"y\"}]",
                        "[]",
                        "[]"),
                status(
                        "[{\"address\":\"a\"},{\"address\":\"b\",\"answers\":false}]",
                        "[{\"topic\":\"x\"},{\"topic\":\"z\"}]",
                        "[]",
                        "[]"));
    }

    @Test
    void ofEqualStatusesOnlyTheFiguresAreTold() {
        ObjectNode same = status("[{\"address\":\"a\"}]", "[{\"topic\":\"x\"}]", "[{\"time\":1}]", "[{\"client\":1}]");
        changes("\"gateway\":{\"client_count\":1}", same, same.deepCopy());
    }

    @Test
    void lossesAreToldTogether() {
        changes(
                "\"losses\":[{\"time\":1},{\"time\":2}],\"gateway\":{\"client_count\":1}",
                status("[]", "[]", "[{\"time\":1}]", "[]"),
                status("[]", "[]", "[{\"time\":1},{\"time\":2}]", "[]"));
    }

    @Test
    void thatTimePassesIsNoChangeOfAClient() {
        changes(
                "\"gateway\":{\"client_count\":1,\"clients\":{\"changed\":[{\"client\":2,\"lag\":1,\"uptime_ms\":9}],\"gone\":[3]}}",
                status(
                        "[]",
                        "[]",
                        "[]",
                        "[{\"client\":1,\"lag\":0,\"uptime_ms\":1},{\"client\":2,\"lag\":0,\"uptime_ms\":1},{\"client\":3}]"),
                status(
                        "[]",
                        "[]",
                        "[]",
                        "[{\"client\":1,\"lag\":0,\"uptime_ms\":9},{\"client\":2,\"lag\":1,\"uptime_ms\":9}]"));
    }
}
