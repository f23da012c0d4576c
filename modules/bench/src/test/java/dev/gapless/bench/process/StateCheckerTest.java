package dev.gapless.bench.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.bench.peer.BenchRowPublisher;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StateCheckerTest {
    private static final int KEYS = 3;

    private final StateChecker checker = new StateChecker(StateChecker.indexes(KEYS));

    private void take(String frame) {
        byte[] bytes = ("####" + frame + "####").getBytes(StandardCharsets.UTF_8);
        checker.take(bytes, 4, bytes.length - 4);
    }

    private static String row(int index, long version) {
        String key = BenchRowPublisher.key(index, KEYS);
        return "{\"type\":\"event\",\"topic\":\"bench-rows\",\"key\":\"" + key
                + "\",\"snapshot\":true,\"data\":{\"key\":\"" + key + "\",\"version\":" + version
                + ",\"value\":1.5E7}}";
    }

    private void takeSnapshot(long... versions) {
        StringBuilder frame = new StringBuilder("{\"type\":\"batch\",\"topic\":\"bench-rows\",\"data\":["
                + "{\"type\":\"snapshot_start\",\"topic\":\"bench-rows\",\"complete\":true}");
        for (int i = 0; i < versions.length; i++) {
            frame.append(',').append(row(i, versions[i]));
        }
        take(
                frame
                        + ",{\"type\":\"snapshot_end\",\"topic\":\"bench-rows\",\"token\":\"abc\",\"stale\":false}],\"token\":\"abc\"}");
    }

    private @Nullable String connect() {
        checker.connectsAgain();
        return checker.command();
    }

    @Test
    void isSubscribedWithAllRowsAndFollows() throws Exception {
        connect();
        take("{\"type\":\"connected\",\"data\":{\"node\":\"n1\"}}");
        assertFalse(checker.isSubscribed());
        takeSnapshot(0, 1, 2);
        assertTrue(checker.isSubscribed());
        assertEquals(2, checker.last());
        take(row(0, 3));
        assertEquals(3, checker.last());
        checker.expect(3);
        assertEquals("", checker.problem());
        assertTrue(String.valueOf(connect()).contains("\"from\":\"abc\""));
    }

    @Test
    void keepsWhatDifferencesDoNotName() throws Exception {
        connect();
        takeSnapshot(0, 1, 2);
        take("{\"type\":\"batch\",\"topic\":\"bench-rows\",\"data\":["
                + "{\"type\":\"snapshot_start\",\"topic\":\"bench-rows\",\"complete\":false}," + row(0, 3));
        assertEquals(0, checker.last());
        take("{\"type\":\"snapshot_end\",\"topic\":\"bench-rows\",\"token\":\"def\",\"stale\":false}");
        checker.expect(3);
        assertEquals("", checker.problem());
    }

    @Test
    void mindsARowThatGoesBack() throws Exception {
        connect();
        takeSnapshot(0, 1, 2);
        take(row(1, 4));
        take(row(1, 1));
        assertTrue(checker.problem().contains("version 1 behind 4"), checker::problem);
    }

    @Test
    void mindsASnapshotThatLacksARow() throws Exception {
        connect();
        takeSnapshot(0, 1);
        assertTrue(checker.problem().contains("lacks a row"), checker::problem);
    }

    @Test
    void mindsANextSnapshotThatIsBehindItsToken() throws Exception {
        connect();
        takeSnapshot(3, 1, 2);
        connect();
        takeSnapshot(0, 1, 2);
        assertTrue(checker.problem().contains("up to its token"), checker::problem);
    }

    @Test
    void mindsAChangeThatIsLackingAtTheEnd() throws Exception {
        connect();
        takeSnapshot(0, 1, 2);
        take(row(1, 4));
        checker.expect(4);
        assertTrue(checker.problem().contains("not those of the source"), checker::problem);
    }

    @Test
    void mindsWhatItDoesNotKnow() throws Exception {
        connect();
        take("{\"type\":\"error\",\"code\":\"no_table\"}");
        assertTrue(checker.problem().contains("no_table"), checker::problem);
    }
}
