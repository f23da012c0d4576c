package dev.gapless.core.feed;

import dev.gapless.core.Position;
import org.jspecify.annotations.Nullable;

/**
 * One producer's entries in a feed. They form a chain: each goes on where the one before ended. Under the feed's lock.
 *
 * <pre>
 *   fell out of the ring │ still there
 *     ─●───●───●───●─────┼──●───●───●──►
 *                  base  │          tail
 * </pre>
 */
final class Chain {
    private final String node;
    /** The position after the newest entry. Invariant: it falls to no end. */
    private Placed tail;
    /** Invariant: it never falls, and is no index beyond the feed's head. */
    private long tailIndex;

    /** The base, if the last entry that fell out was a notice, or if nothing did, and the stream began with {@code Started}. */
    private @Nullable Placed notice;
    /** Is that where the producer left in good order? */
    private boolean left;
    /** Else the stretch, the sequence and the key of the message that fell out. Invariant: null if there is a notice. */
    private @Nullable Era era;

    private long sequence;
    private @Nullable String key;
    /** Where the last expiry goes on that names a position; null if there was none. */
    private @Nullable At resumes;

    /** Begins with this entry. */
    Chain(FeedEntry first) {
        this.node = first.node();
        this.tail = first.after();
        this.tailIndex = first.index();
        if (first instanceof FeedEntry.Started) {
            this.notice = first.after(); // who begins in front of it misses nothing
        }
        resumesAt(first);
    }

    /** An expiry says where the stream goes on. */
    void resumesAt(FeedEntry entry) {
        if (entry instanceof FeedEntry.Expired && entry.after() instanceof At at) {
            resumes = at;
        }
    }

    Placed tail() {
        return tail;
    }

    /** Is the producer's stream over, and has everything up to this index to do with somebody else? */
    boolean isOverBy(long index) {
        return tail instanceof End && tailIndex <= index;
    }

    /** Goes on up to this position, with the entry of this index. Returns true if that is in another stretch, or after its end. */
    boolean append(Placed after, long index) {
        assert index >= tailIndex : node + ": " + index + " after " + tailIndex;
        assert !(after instanceof End) || !tail.isBeyond(after) : node + ": " + after + " after " + tail;
        boolean elsewhere = !tail.isLevelWith(after);
        tail = after;
        tailIndex = index;
        return elsewhere;
    }

    /** This entry of the producer fell out of the ring; of messages those up to this index. */
    void evicted(FeedEntry entry, long upTo) {
        if (entry instanceof FeedEntry.Messages messages) {
            int last = (int) (upTo - messages.index());
            notice = null;
            left = false;
            era = messages.era();
            sequence = messages.sequence() + last;
            key = messages.slice().key(last);
        } else {
            notice = entry.after();
            left = entry instanceof FeedEntry.Left;
            era = null;
            key = null;
        }
        assert entry.node().equals(node) : entry + " in the chain of " + node;
    }

    /** The position after the last entry that is gone; null if that is none, and nobody knows what was before the first. */
    @Nullable Placed base() {
        if (notice != null) {
            return notice;
        }
        return era == null ? null : new At(era, sequence);
    }

    /** Is the base where the producer left in good order? */
    boolean baseIsLeft() {
        return left;
    }

    /** The key of the message in front of this position, if that is the base; null if it had none. */
    @Nullable String keyBefore(Position position) {
        return era != null && position.equals(new Position(era.epoch(), sequence + 1)) ? key : null;
    }

    /** Has this position reached the base? */
    boolean isReachedBy(@Nullable Placed position) {
        Placed base = base();
        return base == null || !base.isBeyond(position);
    }

    /** Does this feed lack something in the stretch of this position that comes behind it? Its own reader may have that. */
    boolean isExpiredBehind(@Nullable Placed position) {
        return position instanceof At && resumes != null && resumes.isLevelWith(position) && resumes.isBeyond(position);
    }
}
