package dev.gapless.internal.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.gapless.core.CursorToken;
import dev.gapless.core.CursorToken.Entry;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.HistoryId;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which rows a table takes that waits for its source: those that have all that it missed, to the last message. */
class HeldTest {
    private static final Epoch STREAM = new Epoch(7);
    private static final Epoch NEXT_STREAM = new Epoch(8);
    private static final long NOW_MS = 1_000;

    private static CursorToken token(long timeMs, Entry... entries) {
        return new CursorToken("t", "test", timeMs, HistoryId.UNKNOWN, List.of(entries), 0);
    }

    private static Entry entry(long sequence) {
        return new Entry("n", 1, STREAM, sequence, false);
    }

    private static Held held(@Nullable Position message, Gap... gaps) {
        return new Held(1, (number, outcome) -> {}, List.of(gaps), token(NOW_MS), message, NOW_MS);
    }

    private static @Nullable String lacked(Held held, CursorToken upTo) {
        return held.lackedOf(upTo, token(NOW_MS), Map.of(), null);
    }

    @Test
    void rowsHaveTheLastMessageThatWasMissed() {
        Held held = held(null, new Gap("n", Reason.OVERRUN, STREAM, 3L, 8L, new Position(STREAM, 11)));
        assertEquals("what was missed of n", lacked(held, token(NOW_MS + 1, entry(9))));
        assertNull(lacked(held, token(NOW_MS + 1, entry(10))));
    }

    @Test
    void rowsHaveTheMessageThatIsOfNoUse() {
        Held held = held(new Position(STREAM, 5));
        assertNotNull(lacked(held, token(NOW_MS + 1, entry(4))));
        assertNull(lacked(held, token(NOW_MS + 1, entry(5))));
    }

    @Test
    void rowsHaveWhatTheTableHas() {
        Held held = held(null);
        CursorToken own = token(NOW_MS, entry(5));
        assertNotNull(held.lackedOf(token(NOW_MS + 1, entry(4)), own, Map.of(), null));
        assertNull(held.lackedOf(token(NOW_MS + 1, entry(5)), own, Map.of(), null));
    }

    @Test
    void rowsAreNotBehindThoseBefore() {
        Held held = held(null);
        CursorToken last = token(NOW_MS, entry(5));
        assertNotNull(held.lackedOf(token(NOW_MS + 1, entry(4)), token(NOW_MS), Map.of(), last));
        assertNull(held.lackedOf(token(NOW_MS + 1, entry(5)), token(NOW_MS), Map.of(), last));
    }

    @Test
    void ofAStreamThatIsNoLongerListedRowsAreLaterThanIt() {
        Held held = held(null);
        CursorToken own = token(NOW_MS, entry(5));
        Map<Epoch, Long> publishedMs = Map.of(STREAM, NOW_MS + 10);
        assertNotNull(held.lackedOf(token(NOW_MS + 10), own, publishedMs, null));
        assertNull(held.lackedOf(token(NOW_MS + 11), own, publishedMs, null));
    }

    @Test
    void ofANodeThatWasLostRowsKnowThatTheStreamIsOverInWhichTheTableWas() {
        Gap gap = new Gap("n", Reason.PRODUCER_LOST, null, null, null, null);
        Held held = new Held(1, (number, outcome) -> {}, List.of(gap), token(NOW_MS, entry(5)), null, NOW_MS);
        Entry next = new Entry("n", 2, NEXT_STREAM, 4, false);
        assertNotNull(lacked(held, token(NOW_MS + 1, entry(9))));
        assertNull(lacked(held, token(NOW_MS + 1, new Entry("n", 1, STREAM, 9, true), next)));
        assertNull(lacked(held, token(NOW_MS + 1, next)));
    }

    private static Entry earlier(long host) {
        return new Entry("n", 1, STREAM, 5, true, false, false, host);
    }

    @Test
    void rowsHaveNothingOfAStreamWhoseNodeTheyListByAnEarlierOne() {
        Epoch stream = Epoch.of(2, "t");
        Held held = held(null, new Gap("n", Reason.OVERRUN, stream, 1L, 3L, new Position(stream, 4)));
        assertNotNull(lacked(held, token(NOW_MS + 1, earlier(2))), "its incarnation was there");
        assertNull(lacked(held, token(NOW_MS + 1, earlier(3))));
        Held fromItsStart =
                held(null, new Gap("n", Reason.PRODUCER_RESTARTED, STREAM, 6L, null, new Position(stream, 1)));
        assertNull(lacked(fromItsStart, token(NOW_MS + 1, earlier(2))), "nothing of it was missed");
    }

    @Test
    void ofAStreamThatTheyDoNotListRowsAreOfLaterIfItWentOnHereWhenThisCame() {
        Epoch stream = Epoch.of(2, "t");
        Gap gap = new Gap("n", Reason.POSITION_UNKNOWN, null, null, null, new Position(stream, 2));
        Held held = new Held(1, (number, outcome) -> {}, List.of(gap), token(NOW_MS, earlier(2)), null, NOW_MS + 10);
        assertNotNull(lacked(held, token(NOW_MS + 10, earlier(1))));
        assertNull(lacked(held, token(NOW_MS + 11, earlier(1))));
    }

    @Test
    void ofAStreamWhoseEndWasAnnouncedRowsKnowTheEnd() {
        Held held = held(null, new Gap("n", Reason.PRODUCER_LOST, STREAM, 3L, null, null));
        assertNotNull(lacked(held, token(NOW_MS + 1, entry(9))));
        assertNull(lacked(held, token(NOW_MS + 1, new Entry("n", 1, STREAM, 9, true))));
        assertNotNull(lacked(held, token(NOW_MS)), "not listed: of before");
        assertNull(lacked(held, token(NOW_MS + 1)), "not listed: of later");
    }

    @Test
    void whereAStreamHasEndedRowsKnowThatItHas() {
        Held held = held(null, new Gap("n", Reason.PRODUCER_RESTARTED, STREAM, 3L, null, new Position(NEXT_STREAM, 1)));
        Entry next = new Entry("n", 2, NEXT_STREAM, 4, false);
        assertNotNull(lacked(held, token(NOW_MS + 1, entry(9))));
        assertNotNull(lacked(held, token(NOW_MS + 1, entry(9), next)));
        assertNull(lacked(held, token(NOW_MS + 1, new Entry("n", 1, STREAM, 9, true), next)));
    }
}
