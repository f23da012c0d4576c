package dev.gapless.core.feed;

import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Ring;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The cursors of the subscriptions that read a feed, and, with backpressure, what the feed keeps for them: nothing is overwritten that
 * one of them has yet to read, unless that one has stalled.
 *
 * <p>Under the feed's lock; whether room is wanted any thread may ask.
 */
final class FeedCursors {
    private final boolean backpressure;
    private final long stalledAfterNs;
    /** Those that came first come first. */
    private final Set<FeedCursor> all = new LinkedHashSet<>();

    /** Entries up to here need not be kept. Invariant: without backpressure it is {@link Ring#ALL}. */
    private long evictable = Ring.ALL;

    /** May there be a stalled one? */
    private boolean someStalled;

    private volatile boolean wantRoom;
    /** Was room wanted when stalled ones were looked for last? An idle topic has not been looked at for long. */
    private boolean wantedRoom;

    FeedCursors(TopicSettings settings) {
        this.backpressure = settings.backpressure();
        this.stalledAfterNs = settings.backpressureTimeoutNs() / 2;
    }

    /** The cursor of a subscription that begins at this index. */
    FeedCursor attach(long index, long nowNs) {
        FeedCursor cursor = new FeedCursor(index, nowNs);
        all.add(cursor);
        if (backpressure) {
            evictable = Math.min(evictable, index - 1);
        }
        return cursor;
    }

    void detach(FeedCursor cursor) {
        all.remove(cursor);
    }

    // ------------------------------------------------------------------ holding

    /** Entries up to this index may be overwritten, as far as is known without a look at the cursors. */
    long evictable() {
        return evictable;
    }

    /** The same, after a look at the cursors. */
    long look() {
        if (backpressure) {
            evictable = readByAll();
        }
        return evictable;
    }

    /** Before entries come: a stalled one that has gone on is waited for again. */
    void lookForStalled() {
        if (someStalled) {
            look();
        }
    }

    private long readByAll() {
        long lowest = Ring.ALL;
        someStalled = false;
        for (FeedCursor cursor : all) {
            cursor.stalled &= cursor.next() == cursor.seen;
            someStalled |= cursor.stalled;
            if (!cursor.stalled) {
                lowest = Math.min(lowest, cursor.next() - 1);
            }
        }
        return lowest;
    }

    /** Up to here all have read, the stalled ones included; at most this index. */
    long readBy(long atMost) {
        long lowest = atMost;
        for (FeedCursor cursor : all) {
            lowest = Math.min(lowest, cursor.next() - 1);
        }
        return lowest;
    }

    boolean wantRoom() {
        return wantRoom;
    }

    void wantRoom(boolean want) {
        wantRoom = want;
    }

    // ------------------------------------------------------------------ stalling

    /** One that frees nothing for too long, while others want room, is no longer waited for until it goes on. */
    void findStalled(long head, long nowNs) {
        boolean wantRoomSince = wantRoom && wantedRoom;
        wantedRoom = wantRoom;
        for (FeedCursor cursor : all) {
            long next = cursor.next();
            if (next != cursor.seen) {
                cursor.seen = next;
                cursor.progressNs = nowNs;
                cursor.stalled = false;
            } else if (!wantRoomSince || next > head) {
                cursor.progressNs = nowNs; // it holds nothing back
            } else if (nowNs - cursor.progressNs >= stalledAfterNs) {
                cursor.stalled = true;
                someStalled = true;
            }
        }
    }
}
