package dev.gapless.core.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Epoch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is known of the rows of a table, and what is seen of that. Each test begins with key k at version 1, read while P was at 5 and Q at 3. */
class TableStateTest {
    private static final Epoch P = new Epoch(1);
    private static final Epoch Q = new Epoch(2);

    private final TableState<String> state = new TableState<>();
    private final Map<String, String> seen = new HashMap<>();

    private static Row<String> row(long version) {
        return new Row<>(version, "v" + version, 10);
    }

    private static Row<String> deleted(long version) {
        return Row.deleted(version);
    }

    /** Applies a step; what was seen before has to be what the step says. {@return how many changes it has} */
    private int see(List<Change<String>> step) {
        for (Change<String> change : step) {
            String before = change.after() == null ? seen.remove(change.key()) : seen.put(change.key(), change.after());
            assertEquals(before, change.before());
            assertFalse(change.before() == null && change.after() == null);
        }
        return step.size();
    }

    private int message(Epoch stream, long sequence, String key, Row<String> row) {
        return see(state.message(stream, sequence, key, row));
    }

    private void begin(long headOfP, long headOfQ) {
        state.ask();
        state.begin(Map.of(P, headOfP, Q, headOfQ));
    }

    private int end(Map<String, Row<String>> rows) {
        return see(state.end(rows, about -> {}));
    }

    private @Nullable String k() {
        return seen.get("k");
    }

    @BeforeEach
    void load() {
        assertTrue(state.isStale());
        begin(5, 3);
        assertTrue(state.isReading());
        assertEquals(1, end(Map.of("k", row(1))));
        assertFalse(state.isStale());
        assertFalse(state.isReading());
    }

    @Test
    @DisplayName("stateA1: a message that is older than the row changes nothing")
    void olderThanTheRow() {
        state.missed();
        begin(9, 3);
        end(Map.of("k", row(6)));
        assertEquals(0, message(P, 9, "k", row(5)));
        assertEquals("v6", k());
    }

    @Test
    @DisplayName(
            "stateA2: what is deleted while the source is read stays deleted, though the rows have it, and older messages come")
    void deletedMeanwhile() {
        state.missed();
        begin(9, 3);
        message(P, 10, "k", deleted(7));
        end(Map.of("k", row(6)));
        assertNull(k());
        assertEquals(1, state.deleted());
        message(Q, 4, "k", row(5));
        assertNull(k());
        message(Q, 5, "k", row(8));
        assertEquals("v8", k());
        assertEquals(0, state.deleted());
    }

    @Test
    @DisplayName("stateA3: a key whose deletion was missed is gone once the rows lack it")
    void deletionWasMissed() {
        state.missed();
        begin(9, 3);
        assertEquals(1, end(Map.of("other", row(4))) - 1);
        assertEquals(Map.of("other", "v4"), seen);
        assertEquals(1, state.size());
        assertEquals(0, message(Q, 4, "k", row(1))); // published late, and read before
        assertNull(k());
    }

    @Test
    @DisplayName(
            "stateA4: a message that lies at or below the heads does not keep a key that the rows lack, before they are there or afterwards")
    void messagesAtTheHeads() {
        state.missed();
        begin(9, 3);
        message(P, 8, "k", row(5));
        end(Map.of());
        assertNull(k());
        assertEquals(0, message(P, 9, "k", row(5)));
        assertNull(k());
        assertNull(state.newest("k"));
        message(P, 10, "k", row(6));
        assertEquals("v6", k());
    }

    @Test
    @DisplayName(
            "stateA5: a key that is made while the source is read is kept, also one of a producer that came meanwhile")
    void madeMeanwhile() {
        state.missed();
        begin(9, 3);
        message(P, 10, "new", row(7));
        message(new Epoch(3), 1, "newer", row(8));
        assertEquals(3, end(Map.of()));
        assertEquals(Map.of("new", "v7", "newer", "v8"), seen);
    }

    @Test
    @DisplayName(
            "stateA6: what is published late, beyond the heads, is taken although the rows lack it: nobody knows the deletion")
    void publishedLate() {
        state.missed(); // k at 7, and its deletion
        begin(9, 3);
        message(Q, 4, "k", row(5));
        end(Map.of());
        assertEquals("v5", k());
    }

    @Test
    @DisplayName(
            "what is published late is not taken if a newer row of before the read is known, which the source lacks")
    void publishedLateAndKnown() {
        message(P, 6, "k", row(7));
        state.missed();
        begin(9, 3);
        message(Q, 4, "k", row(5));
        end(Map.of());
        assertNull(k());
    }

    @Test
    @DisplayName("stateA7: a row that is older than what was published changes nothing")
    void olderRow() {
        message(P, 6, "k", row(7));
        state.missed();
        begin(6, 3);
        assertEquals(0, end(Map.of("k", row(6))));
        assertEquals("v7", k());
    }

    @Test
    @DisplayName(
            "stateA8: what is missed while the source is read needs another read, and is seen as far as the first one has it")
    void missedMeanwhile() {
        state.missed();
        begin(9, 3);
        state.missed();
        end(Map.of("k", row(6)));
        assertEquals("v6", k());
        assertTrue(state.isStale());
        assertEquals(0, message(P, 20, "k", row(9)));
        assertEquals("v9", state.newest("k"));
        begin(20, 3);
        end(Map.of("k", row(9)));
        assertEquals("v9", k());
        assertFalse(state.isStale());
    }

    @Test
    @DisplayName("stateA10: while the source cannot be read, what is seen stays, and what is known goes on")
    void fails() {
        state.missed();
        begin(9, 3);
        message(P, 10, "new", row(4));
        state.failed();
        assertFalse(state.isReading());
        assertTrue(state.isStale());
        assertEquals(0, message(P, 11, "k", row(5)));
        assertEquals("v1", k());
        assertEquals("v5", state.newest("k"));
        begin(11, 3);
        assertEquals(1, end(Map.of("k", row(5)))); // "new" was published before that one began
        assertEquals(Map.of("k", "v5"), seen);
        assertThrows(IllegalStateException.class, () -> state.end(Map.of(), about -> {}));
    }

    @Test
    @DisplayName(
            "a read that begins while another one is under way begins anew: what was published before is in its rows")
    void beginsAnew() {
        begin(9, 3);
        message(P, 10, "new", row(7));
        begin(10, 3);
        end(Map.of("k", row(1)));
        assertEquals(Map.of("k", "v1"), seen);
    }

    @Test
    @DisplayName("of several producers the newest version counts, whichever comes last")
    void newest() {
        message(P, 6, "k", row(8));
        assertEquals(0, message(Q, 4, "k", row(7)));
        assertEquals("v8", k());
        state.missed();
        begin(9, 4);
        message(P, 10, "new", row(9));
        message(Q, 5, "new", row(6));
        end(Map.of("k", row(8)));
        assertEquals("v9", seen.get("new"));
    }

    @Test
    @DisplayName("a deletion is remembered until a read has ended that lacks the key, too")
    void remembersDeletions() {
        message(P, 6, "k", deleted(7));
        assertNull(k());
        assertEquals(1, state.deleted());
        assertEquals(0, state.size());
        begin(6, 3);
        assertEquals(0, end(Map.of("k", row(6)))); // of a replica that lags behind
        assertEquals(1, state.deleted());
        begin(6, 3);
        message(P, 7, "k", row(3));
        end(Map.of());
        assertNull(k());
        assertEquals(1, state.deleted());
        begin(7, 3);
        end(Map.of());
        assertEquals(0, state.deleted());
    }

    @Test
    @DisplayName("a deletion that came while the source was read is remembered, wherever it lies")
    void remembersDeletionsAtTheHeads() {
        begin(9, 3);
        message(P, 9, "k", deleted(7));
        end(Map.of());
        assertEquals(1, state.deleted());
        message(Q, 4, "k", row(5));
        assertNull(k());
    }

    @Test
    @DisplayName("rows may say that their keys were deleted")
    void rowsThatAreDeleted() {
        state.missed();
        begin(6, 3);
        end(Map.of("k", deleted(2), "never", deleted(4)));
        assertEquals(Map.of(), seen);
        assertEquals(2, state.deleted());
        message(Q, 4, "never", row(3));
        assertNull(seen.get("never"));
    }

    @Test
    @DisplayName("a deletion without a version is one of what is known, and of nothing if that is nothing")
    void withoutVersion() {
        see(state.deletion(P, 6, "k"));
        assertNull(k());
        message(Q, 4, "k", row(1));
        assertNull(k());
        message(Q, 5, "k", row(2));
        assertEquals("v2", k());
        assertEquals(List.of(), state.deletion(P, 7, "unknown"));
        assertEquals(0, state.deleted());
    }

    @Test
    @DisplayName("a read that was not needed holds nothing up")
    void readForNothing() {
        begin(5, 3);
        assertFalse(state.isStale());
        assertEquals(1, message(P, 6, "k", row(2)));
        assertEquals(0, end(Map.of("k", row(1))));
        assertEquals("v2", k());
    }

    @Test
    @DisplayName("a deletion that comes while producers are asked is remembered: an older message may follow")
    void deletionWhileAsking() {
        message(P, 6, "k", row(2));
        state.missed();
        state.ask();
        message(P, 7, "k", deleted(4));
        state.begin(Map.of(P, 6L, Q, 3L));
        assertEquals(1, end(Map.of()));
        assertEquals(0, message(Q, 4, "k", row(3)));
        assertNull(k());
    }

    @Test
    @DisplayName("what is missed while producers are asked needs another read")
    void missedWhileAsking() {
        state.missed();
        state.ask();
        state.missed(); // the deletion of k at 4 among them
        state.begin(Map.of(P, 5L, Q, 3L));
        message(Q, 4, "k", row(3));
        assertEquals(1, end(Map.of()));
        assertTrue(state.isStale());
        begin(7, 4);
        assertEquals(1, end(Map.of()));
        assertNull(k());
        assertFalse(state.isStale());
    }

    @Test
    @DisplayName("it is as large as the newest rows that are known, and deletions have no size")
    void bytes() {
        assertEquals(10, state.bytes());
        message(P, 6, "k", new Row<>(2, "v2", 25));
        message(P, 7, "k", new Row<>(1, "v1", 99));
        assertEquals(25, state.bytes());
        message(P, 8, "other", row(1));
        message(P, 9, "k", deleted(3));
        assertEquals(10, state.bytes());
        state.missed();
        begin(9, 3);
        end(Map.of("k", row(4), "third", row(1)));
        assertEquals(20, state.bytes());
        assertThrows(IllegalArgumentException.class, () -> new Row<>(1, "v1", -1));
    }

    @Test
    @DisplayName("where nothing older can follow, a deletion is not remembered")
    void removal() {
        TableState<String> state = new TableState<>();
        state.ask();
        state.begin(Map.of());
        state.end(Map.of("A", new Row<>(1, "a", 1)), about -> {});
        assertEquals(List.of(new Change<>("A", "a", null)), state.removal("A"));
        assertEquals(List.of(), state.removal("A"));
        assertEquals(0, state.deleted());
        assertEquals(0, state.size());
        state.missed();
        state.message(new Epoch(1), 1, "B", new Row<>(2, "b", 1));
        assertEquals(List.of(), state.removal("B"), "what is seen stays as it was");
        assertNull(state.newest("B"));
        state.ask();
        state.begin(Map.of());
        assertEquals(List.of(), state.end(Map.of(), about -> {}));
        assertEquals(0, state.size());
    }
}
