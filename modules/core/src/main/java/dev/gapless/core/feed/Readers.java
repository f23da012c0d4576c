package dev.gapless.core.feed;

import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Ring;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Who reads a feed, and, with backpressure, what the feed keeps for them: nothing is overwritten that a reader has yet to read, unless
 * that reader has stalled.
 *
 * <p>Under the feed's lock; whether room is wanted any thread may ask.
 */
final class Readers {
    private final boolean backpressure;
    private final long stalledAfterNs;
    /** Those that came first come first. */
    private final Set<FeedCursor> all = new LinkedHashSet<>();

    /** Entries up to here need not be kept. Invariant: without backpressure it is {@link Ring#ALL}. */
    private long evictable = Ring.ALL;

    /** May there be a stalled reader? */
    private boolean someStalled;

    private volatile boolean wantRoom;
    /** Was room wanted when stalled readers were looked for last? An idle topic has not been looked at for long. */
    private boolean wantedRoom;

    Readers(TopicSettings settings) {
        this.backpressure = settings.backpressure();
        this.stalledAfterNs = settings.backpressureTimeoutNs() / 2;
    }

    /** A reader that begins at this index. */
    FeedCursor attach(long index, long nowNs) {
        FeedCursor reader = new FeedCursor(index, nowNs);
        all.add(reader);
        if (backpressure) {
            evictable = Math.min(evictable, index - 1);
        }
        return reader;
    }

    void detach(FeedCursor reader) {
        all.remove(reader);
    }

    // ------------------------------------------------------------------ holding

    /** Entries up to this index may be overwritten, as far as is known without a look at the readers. */
    long evictable() {
        return evictable;
    }

    /** The same, after a look at the readers. */
    long look() {
        if (backpressure) {
            evictable = readByAll();
        }
        return evictable;
    }

    /** Before entries come: a stalled reader that has gone on is waited for again. */
    void lookForStalled() {
        if (someStalled) {
            look();
        }
    }

    private long readByAll() {
        long lowest = Ring.ALL;
        someStalled = false;
        for (FeedCursor reader : all) {
            reader.stalled &= reader.next() == reader.seen;
            someStalled |= reader.stalled;
            if (!reader.stalled) {
                lowest = Math.min(lowest, reader.next() - 1);
            }
        }
        return lowest;
    }

    /** Up to here every reader has read, the stalled ones included; at most this index. */
    long readBy(long atMost) {
        long lowest = atMost;
        for (FeedCursor reader : all) {
            lowest = Math.min(lowest, reader.next() - 1);
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

    /** A reader that frees nothing for too long, while others want room, is no longer waited for until it goes on. */
    void findStalled(long head, long nowNs) {
        boolean wantRoomSince = wantRoom && wantedRoom;
        wantedRoom = wantRoom;
        for (FeedCursor reader : all) {
            long next = reader.next();
            if (next != reader.seen) {
                reader.seen = next;
                reader.progressNs = nowNs;
                reader.stalled = false;
            } else if (!wantRoomSince || next > head) {
                reader.progressNs = nowNs; // it holds nothing back
            } else if (nowNs - reader.progressNs >= stalledAfterNs) {
                reader.stalled = true;
                someStalled = true;
            }
        }
    }
}
