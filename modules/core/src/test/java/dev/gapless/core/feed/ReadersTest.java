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

class ReadersTest {
    private static final long HEAD = 8;
    /** Half of the time that a publish may wait. */
    private static final long PATIENCE_NS = settings(Overflow.BACKPRESSURE).backpressureTimeoutNs() / 2;

    private final Readers readers = new Readers(settings(Overflow.BACKPRESSURE));

    private static TopicSettings settings(Overflow overflow) {
        return Given.settings(8, overflow, ResumeAfterExpiry.HEAD);
    }

    @Test
    @DisplayName("backpressure: the slowest reader decides what is kept, a new one at once")
    void keepsWhatTheSlowestHasToRead() {
        FeedCursor slow = readers.attach(3, 0);
        readers.attach(6, 0);
        assertEquals(2, readers.look());
        slow.moveTo(5);
        assertEquals(2, readers.evictable(), "not looked yet");
        assertEquals(4, readers.look());
        FeedCursor late = readers.attach(2, 0);
        assertEquals(1, readers.evictable());
        readers.detach(late);
        assertEquals(4, readers.look());
    }

    @Test
    @DisplayName(
            "backpressure, G5: a reader that was given up and goes on is waited for again from the next entries on")
    void waitsAgainForWhoGoesOn() {
        FeedCursor stalled = readers.attach(1, 0);
        readers.wantRoom(true);
        readers.findStalled(HEAD, 0);
        readers.findStalled(HEAD, PATIENCE_NS);
        readers.lookForStalled();
        assertEquals(Ring.ALL, readers.evictable(), "given up");
        stalled.moveTo(4);
        readers.lookForStalled();
        assertEquals(3, readers.evictable());
        assertFalse(stalled.stalled);
    }

    @Test
    @DisplayName("without backpressure nothing is kept for anybody")
    void keepsNothing() {
        Readers of = new Readers(settings(Overflow.EXPIRE));
        of.attach(1, 0);
        assertEquals(Ring.ALL, of.evictable());
        assertEquals(Ring.ALL, of.look());
    }

    @Test
    @DisplayName(
            "backpressure, G5: a reader that frees nothing is given up after half of the time that a publish may wait, no sooner")
    void givesUpAStalledReader() {
        FeedCursor stalled = readers.attach(1, 0);
        readers.wantRoom(true);
        readers.findStalled(HEAD, 0);
        readers.findStalled(HEAD, PATIENCE_NS - 1);
        assertFalse(stalled.stalled, "not yet");
        assertEquals(0, readers.look());
        readers.findStalled(HEAD, PATIENCE_NS);
        assertTrue(stalled.stalled, "in the end");
        assertEquals(Ring.ALL, readers.look());
        assertEquals(0, readers.readBy(HEAD), "it has not read for that");
    }

    @Test
    @DisplayName("backpressure, G5: who frees one entry now and then is waited for, however long all of it takes")
    void waitsForASlowReader() {
        FeedCursor slow = readers.attach(1, 0);
        readers.wantRoom(true);
        for (int read = 1; read < HEAD; read++) {
            readers.findStalled(HEAD, read * (PATIENCE_NS - 1));
            assertFalse(slow.stalled, "after " + read);
            slow.moveTo(1 + read);
        }
    }

    @Test
    @DisplayName("backpressure: who has read everything, or keeps nobody waiting, is never given up")
    void neverGivesUpWhoHoldsNothingBack() {
        FeedCursor level = readers.attach(HEAD + 1, 0);
        readers.wantRoom(true);
        readers.findStalled(HEAD, 0);
        readers.findStalled(HEAD, 9 * PATIENCE_NS);
        assertFalse(level.stalled);
        readers.wantRoom(false);
        FeedCursor idle = readers.attach(1, 9 * PATIENCE_NS);
        readers.findStalled(HEAD, 9 * PATIENCE_NS);
        readers.findStalled(HEAD, 99 * PATIENCE_NS);
        assertFalse(idle.stalled, "nobody wants room");
    }

    @Test
    @DisplayName("backpressure: who was given up is waited for again once it goes on")
    void waitsAgain() {
        FeedCursor reader = readers.attach(1, 0);
        readers.wantRoom(true);
        readers.findStalled(HEAD, 0);
        readers.findStalled(HEAD, PATIENCE_NS);
        assertTrue(reader.stalled);
        reader.moveTo(4);
        readers.findStalled(HEAD, PATIENCE_NS + 1);
        assertFalse(reader.stalled);
        assertEquals(3, readers.look());
    }
}
