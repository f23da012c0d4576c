package dev.gapless.internal.table;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gapless.core.CursorToken;
import dev.gapless.core.CursorToken.Entry;
import dev.gapless.core.Epoch;
import dev.gapless.core.HistoryId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How far producers were before a source was read: what lies up to there is in the rows. */
class HeadsTest {
    private static final Epoch STREAM = new Epoch(7);

    private static CursorToken token(Entry... entries) {
        return new CursorToken("t", "test", 1_000, HistoryId.UNKNOWN, List.of(entries), 0);
    }

    private static Entry at(long sequence) {
        return new Entry("n", 1, STREAM, sequence, false);
    }

    private static Entry overAt(long sequence) {
        return new Entry("n", 1, STREAM, sequence, true);
    }

    @Test
    void areWhereProducersSayThatTheyAre() {
        assertEquals(Map.of(STREAM, 9L), Heads.of(token(at(9)), token()));
        assertEquals(Map.of(STREAM, 9L), Heads.of(token(at(9)), token(at(5))));
    }

    @Test
    @DisplayName("of a producer that has not answered, what the table has of it counts; else nothing does")
    void ofASilentProducerWhatTheTableHasCounts() {
        Entry silent = at(Entry.UNKNOWN);
        assertEquals(Map.of(STREAM, 5L), Heads.of(token(silent), token(at(5))));
        assertEquals(Map.of(), Heads.of(token(silent), token()));
        assertEquals(Map.of(), Heads.of(token(silent), token(silent)));
    }

    @Test
    @DisplayName("all of a stream that is over, or that nobody lists any more, was published")
    void allOfAStreamThatIsOverCounts() {
        Map<Epoch, Long> all = Map.of(STREAM, Long.MAX_VALUE);
        assertEquals(all, Heads.of(token(overAt(9)), token(at(5))));
        assertEquals(all, Heads.of(token(), token(at(5))));
        assertEquals(all, Heads.of(token(), token(overAt(5))));
    }

    @Test
    @DisplayName(
            "a stream that is not listed may go on: its node had said no name yet, or is listed by an earlier stream")
    void aStreamOfAMemberMayGoOn() {
        Entry nameless = new Entry("127.0.0.1:1", 2, Epoch.of(2, "t"), Entry.UNKNOWN, false, false, true, 0);
        assertEquals(Map.of(), Heads.of(token(), token(nameless)));
        Entry earlier = new Entry("n", 1, STREAM, 5, true, false, false, 2);
        Entry later = new Entry("n", 2, Epoch.of(2, "t"), 3, false);
        Map<Epoch, Long> heads = Map.of(STREAM, Long.MAX_VALUE, Epoch.of(2, "t"), 3L);
        assertEquals(heads, Heads.of(token(earlier), token(later)));
    }
}
