package dev.gapless.core.feed;

import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Ring;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The cursors of the subscriptions that read a feed, and what the feed keeps for them, with backpressure always, else while it is behind
 * its producers (rule S6): nothing is overwritten that one of them has yet to read, unless that one has stalled.
 *
 * <p>Under the feed's lock; whether room is wanted any thread may ask.
 */
final class FeedCursors {
    private final boolean backpressure;
    private final long stalledAfterNs;
    private final Ring<FeedEntry> ring;
    private final Hold hold;
    /** Those that came first come first. */
    private final Set<FeedCursor> all = new LinkedHashSet<>();

    /** Entries up to here need not be kept. Invariant: while nothing is kept it is {@link Ring#ALL}. */
    private long evictable = Ring.ALL;

    /** May there be one that is not waited for? */
    private boolean someStalled;

    private volatile boolean wantRoom;
    /** Was room wanted when stalled ones were looked for last? An idle topic has not been looked at for long. */
    private boolean wantedRoom;

    FeedCursors(TopicSettings settings, Ring<FeedEntry> ring) {
        this.ring = ring;
        this.backpressure = settings.backpressure();
        this.hold = new Hold(backpressure ? 0 : settings.feedHoldNs());
        this.stalledAfterNs = settings.backpressureTimeoutNs() / 2;
    }

    /** The cursor of a subscription that begins at this index. */
    FeedCursor attach(long index, long nowNs) {
        FeedCursor cursor = new FeedCursor(index, nowNs);
        all.add(cursor);
        if (keeps()) {
            evictable = Math.min(evictable, index - 1);
        }
        return cursor;
    }

    void detach(FeedCursor cursor) {
        all.remove(cursor);
    }

    // ------------------------------------------------------------------ keeping

    /** Is anything kept? */
    boolean keeps() {
        return backpressure || hold.isOn();
    }

    /** Entries up to this index may be overwritten, as far as is known without a look at the cursors. */
    long evictable() {
        return evictable;
    }

    /** The same, after a look at the cursors. */
    long look() {
        if (keeps()) {
            evictable = readByAll();
        }
        return evictable;
    }

    /** Before entries come: a stalled one that has gone on is waited for again. */
    void lookForStalled() {
        if (someStalled && keeps()) {
            look();
        }
    }

    private long readByAll() {
        long lowest = Ring.ALL;
        someStalled = false;
        for (FeedCursor cursor : all) {
            if (backpressure && cursor.next() != cursor.seen) {
                cursor.stalled = false;
            }
            boolean left = cursor.stalled || isOvertaken(cursor);
            someStalled |= left;
            if (!left) {
                lowest = Math.min(lowest, cursor.next() - 1);
            }
        }
        return lowest;
    }

    /** While a feed is behind, it gains nothing by waiting for whoever has to be told either way. */
    private boolean isOvertaken(FeedCursor cursor) {
        return !backpressure && cursor.next() < ring.oldest();
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
        wantedRoom &=
                want; // who is stalled is found now and then: room may have been wanted, and not, and again since then
    }

    // ------------------------------------------------------------------ a feed that is behind (rule S6)

    /** A producer has more than the feed: from now on entries are kept for those that read. */
    void behind(long nowNs) {
        boolean kept = keeps();
        hold.behind(nowNs);
        if (!kept) {
            look();
        }
    }

    /** Is the feed behind, or was it lately? */
    boolean isBehind() {
        return !hold.isOver();
    }

    /**
     * Once that has lasted for long enough, those that have not read everything are waited for no more until they have. Returns true if
     * nothing is kept any more.
     */
    boolean lookAtHold(boolean isFull, long nowNs) {
        if (hold.look(isFull, nowNs)) {
            for (FeedCursor cursor : all) {
                boolean isLevel = cursor.next() > ring.head();
                cursor.stalled = !isLevel;
                someStalled |= !isLevel;
            }
        }
        if (keeps()) {
            return false;
        }
        evictable = Ring.ALL;
        return true;
    }

    /** When to look at that again, or {@code Long.MAX_VALUE}. */
    long holdDueNs() {
        return hold.dueNs();
    }

    // ------------------------------------------------------------------ stalling

    /** With backpressure: one that frees nothing for too long, while others want room, is no longer waited for until it goes on. */
    void findStalled(long head, long nowNs) {
        boolean wantRoomSince = wantRoom && wantedRoom;
        wantedRoom = wantRoom;
        for (FeedCursor cursor : all) {
            long next = cursor.next();
            boolean held = cursor.holds;
            cursor.holds = next <= head;
            if (next != cursor.seen) {
                cursor.seen = next;
                cursor.progressNs = nowNs;
                cursor.stalled = false;
            } else if (!wantRoomSince || !held || !cursor.holds) {
                cursor.progressNs = nowNs; // it held nothing back
            } else if (nowNs - cursor.progressNs >= stalledAfterNs) {
                cursor.stalled = true;
                someStalled = true;
            }
        }
    }
}
