package dev.gapless.core.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Given;
import dev.gapless.core.Overflow;
import dev.gapless.core.ResumeAfterExpiry;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Ring;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FeedCursorsTest {
    private static final long HEAD = 8;
    /** Half of the time that a publish may wait. */
    private static final long PATIENCE_NS = settings(Overflow.BACKPRESSURE).backpressureTimeoutNs() / 2;

    private final FeedCursors cursors = new FeedCursors(settings(Overflow.BACKPRESSURE), ring());

    private static Ring<FeedEntry> ring() {
        return new Ring<>(8, 1 << 20, 1);
    }

    private static TopicSettings settings(Overflow overflow) {
        return Given.settings(8, overflow, ResumeAfterExpiry.HEAD);
    }

    @Test
    @DisplayName("backpressure: the slowest reader decides what is kept, a new one at once")
    void keepsWhatTheSlowestHasToRead() {
        FeedCursor slow = cursors.attach(3, 0);
        cursors.attach(6, 0);
        assertEquals(2, cursors.look());
        slow.moveTo(5);
        assertEquals(2, cursors.evictable(), "not looked yet");
        assertEquals(4, cursors.look());
        FeedCursor late = cursors.attach(2, 0);
        assertEquals(1, cursors.evictable());
        cursors.detach(late);
        assertEquals(4, cursors.look());
    }

    @Test
    @DisplayName(
            "backpressure, G5: a reader that was given up and goes on is waited for again from the next entries on")
    void waitsAgainForWhoGoesOn() {
        FeedCursor stalled = cursors.attach(1, 0);
        cursors.wantRoom(true);
        cursors.findStalled(HEAD, 0);
        cursors.findStalled(HEAD, PATIENCE_NS);
        cursors.lookForStalled();
        assertEquals(Ring.ALL, cursors.evictable(), "given up");
        stalled.moveTo(4);
        cursors.lookForStalled();
        assertEquals(3, cursors.evictable());
        assertFalse(stalled.stalled);
    }

    @Test
    @DisplayName("backpressure, G5: a reader is not given up for the time in which nobody wanted room (seed 920006715)")
    void doesNotGiveUpForATimeInWhichThereWasRoom() {
        cursors.attach(1, 0);
        cursors.wantRoom(true);
        cursors.findStalled(HEAD, 0);
        cursors.wantRoom(false);
        cursors.wantRoom(true);
        cursors.findStalled(HEAD, PATIENCE_NS);
        assertEquals(0, cursors.look());
        cursors.findStalled(HEAD, 2 * PATIENCE_NS);
        assertEquals(Ring.ALL, cursors.look());
    }

    @Test
    @DisplayName(
            "backpressure, G5: a reader is not given up for the time in which it had read everything (seed 30093397)")
    void doesNotGiveUpForATimeInWhichItHadReadEverything() {
        FeedCursor level = cursors.attach(HEAD + 1, 0);
        cursors.wantRoom(true);
        cursors.findStalled(HEAD, 0);
        cursors.findStalled(HEAD + 1, PATIENCE_NS);
        assertFalse(level.stalled, "something came since");
        cursors.findStalled(HEAD + 1, 2 * PATIENCE_NS);
        assertTrue(level.stalled);
    }

    @Test
    @DisplayName("without backpressure nothing is kept for anybody")
    void keepsNothing() {
        FeedCursors of = new FeedCursors(settings(Overflow.EXPIRE), ring());
        of.attach(1, 0);
        assertEquals(Ring.ALL, of.evictable());
        assertEquals(Ring.ALL, of.look());
    }

    @Test
    @DisplayName(
            "backpressure, G5: a reader that frees nothing is given up after half of the time that a publish may wait, no sooner")
    void givesUpAStalledReader() {
        FeedCursor stalled = cursors.attach(1, 0);
        cursors.wantRoom(true);
        cursors.findStalled(HEAD, 0);
        cursors.findStalled(HEAD, PATIENCE_NS - 1);
        assertFalse(stalled.stalled, "not yet");
        assertEquals(0, cursors.look());
        cursors.findStalled(HEAD, PATIENCE_NS);
        assertTrue(stalled.stalled, "in the end");
        assertEquals(Ring.ALL, cursors.look());
        assertEquals(0, cursors.readBy(HEAD), "it has not read for that");
    }

    @Test
    @DisplayName("backpressure, G5: who frees one entry now and then is waited for, however long all of it takes")
    void waitsForASlowReader() {
        FeedCursor slow = cursors.attach(1, 0);
        cursors.wantRoom(true);
        for (int read = 1; read < HEAD; read++) {
            cursors.findStalled(HEAD, read * (PATIENCE_NS - 1));
            assertFalse(slow.stalled, "after " + read);
            slow.moveTo(1 + read);
        }
    }

    @Test
    @DisplayName("backpressure: who has read everything, or keeps nobody waiting, is never given up")
    void neverGivesUpWhoHoldsNothingBack() {
        FeedCursor level = cursors.attach(HEAD + 1, 0);
        cursors.wantRoom(true);
        cursors.findStalled(HEAD, 0);
        cursors.findStalled(HEAD, 9 * PATIENCE_NS);
        assertFalse(level.stalled);
        cursors.wantRoom(false);
        FeedCursor idle = cursors.attach(1, 9 * PATIENCE_NS);
        cursors.findStalled(HEAD, 9 * PATIENCE_NS);
        cursors.findStalled(HEAD, 99 * PATIENCE_NS);
        assertFalse(idle.stalled, "nobody wants room");
    }

    @Test
    @DisplayName("backpressure: who was given up is waited for again once it goes on")
    void waitsAgain() {
        FeedCursor reader = cursors.attach(1, 0);
        cursors.wantRoom(true);
        cursors.findStalled(HEAD, 0);
        cursors.findStalled(HEAD, PATIENCE_NS);
        assertTrue(reader.stalled);
        reader.moveTo(4);
        cursors.findStalled(HEAD, PATIENCE_NS + 1);
        assertFalse(reader.stalled);
        assertEquals(3, cursors.look());
    }
}
