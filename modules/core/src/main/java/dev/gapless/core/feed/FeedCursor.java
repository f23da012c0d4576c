package dev.gapless.core.feed;

/**
 * How far one subscription has read a {@link Feed}. The subscription moves it; the feed's writer looks at it to know what it
 * may overwrite.
 */
public final class FeedCursor {
    /** Invariant: it never falls. */
    private volatile long next;

    /** Is it not waited for? Set by the feed's writer. */
    volatile boolean stalled;

    // For the feed's writer alone:
    long seen;
    long progressNs;
    /** Was there anything that it had not read when stalled ones were looked for last? */
    boolean holds;

    FeedCursor(long next, long nowNs) {
        this.next = next;
        this.seen = next;
        this.progressNs = nowNs;
    }

    /** Of a subscription that reads no feed yet. */
    public static FeedCursor nowhere() {
        return new FeedCursor(1, 0);
    }

    /** The index of the entry that is read next. */
    public long next() {
        return next;
    }

    /** For the subscription: everything before is done with. */
    public void moveTo(long index) {
        assert index >= next : index + " before " + next;
        next = index;
    }

    /** For the subscription: there is nothing from this index on. Whoever has read everything is waited for again. */
    public void idleAt(long index) {
        moveTo(index);
        if (stalled) {
            stalled = false;
        }
    }
}
