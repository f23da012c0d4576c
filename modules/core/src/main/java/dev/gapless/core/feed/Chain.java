package dev.gapless.core.feed;

import dev.gapless.core.Position;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One stream's entries in a feed. They form a chain: each goes on where the one before ended. Under the feed's lock.
 *
 * <pre>
 *   fell out of the ring │ still there
 *     ─●───●───●───●─────┼──●───●───●──►
 *                  base  │          tail
 * </pre>
 */
final class Chain {
    /** Of a stream that ended before anything of it came. */
    static final long NOWHERE = -1;

    private final Stream stream;
    /** The index of its first entry. */
    private final long firstIndex;
    /** Where it began in this feed; {@link Place#UNKNOWN} if that was an expiry. */
    private long began = Place.UNKNOWN;
    /** The sequence behind the newest entry. Invariant: it never falls, but where its producer says that it never was further. */
    private long tail = NOWHERE;
    /** The sequence behind the last entry that fell out of the ring; where the stream began if none did. */
    private long base = NOWHERE;
    /** Up to where the last expiry leads. */
    private long expiredTo = NOWHERE;
    /** The index of the last entry in front of which there are sequences beyond the tail; 0 if there is none. */
    private long setBackIndex;

    private FeedEntry.@Nullable Ended ended;
    /** The last expiry that led back and fell out of the ring. */
    private FeedEntry.@Nullable Expired setBack;
    /** The key of the message in front of the base. */
    private @Nullable String key;

    /** Begins with this entry. */
    Chain(FeedEntry first) {
        this.stream = first.stream();
        this.firstIndex = first.index();
        if (first instanceof FeedEntry.Messages) {
            throw new IllegalStateException(first.stream() + " has messages, and has not begun");
        }
        append(first);
        base = tail;
    }

    /** Goes on with this entry. */
    void append(FeedEntry entry) {
        assert ended == null || !ended.end().wasMember() : entry + " behind " + ended;
        ended = null; // its incarnation has turned out to be there
        if (entry instanceof FeedEntry.Messages messages) {
            assert messages.sequence() == tail + 1 : messages.sequence() + " after " + tail;
            tail = messages.lastSequence();
        } else if (entry instanceof FeedEntry.Began here) {
            began = here.at();
            base = here.at();
            tail = here.at();
            expiredTo = NOWHERE;
        } else if (entry instanceof FeedEntry.Expired expired) {
            setBackIndex = expired.to() < tail ? expired.index() : setBackIndex;
            tail = expired.to();
            expiredTo = expired.to();
        } else if (entry instanceof FeedEntry.Ended last) {
            ended = last;
        }
    }

    /** This entry fell out of the ring; of messages those up to this index. */
    void evicted(FeedEntry entry, long upTo) {
        if (entry instanceof FeedEntry.Messages messages) {
            int last = (int) (upTo - messages.index());
            base = messages.sequence() + last;
            key = messages.slice().key(last);
        } else if (entry instanceof FeedEntry.Began here) {
            base = here.at();
            key = null;
        } else if (entry instanceof FeedEntry.Expired expired) {
            base = expired.to();
            setBack = expired.isSetBack() ? expired : setBack;
            key = null;
        }
    }

    /** Where whoever begins with what comes next stands. */
    Place place() {
        long at = end();
        if (ended == null) {
            return Place.at(stream, at);
        }
        return ended.end().wasMember() ? Place.over(stream, at) : Place.lost(stream, at);
    }

    Stream stream() {
        return stream;
    }

    /** Did the other one, of the same node, come here behind this one? */
    boolean isBefore(Chain other) {
        return stream.node().equals(other.stream.node()) && firstIndex < other.firstIndex;
    }

    long began() {
        return began;
    }

    long tail() {
        return tail;
    }

    /** The same, as a place has it. */
    long end() {
        return Math.max(tail, Place.AWAITED);
    }

    long base() {
        return base;
    }

    /** The lowest sequence behind which nothing fell out of the ring, and no expiry leads further. */
    long completeBehind() {
        return Math.max(base, expiredTo);
    }

    /** Its last entry, once it is over. */
    FeedEntry.@Nullable Ended ended() {
        return ended;
    }

    FeedEntry.@Nullable Expired setBack() {
        return setBack;
    }

    /** Is it over, and did a later incarnation go on with it? */
    boolean hasGoneOn() {
        return ended != null && ended.end().hasGoneOn();
    }

    /** Is it over, did a later incarnation go on with it, and was nothing ever in it? */
    boolean wasEmpty() {
        return hasGoneOn() && isEmpty(Objects.requireNonNull(ended));
    }

    /** Did it end with nothing in it, and was there nothing before that its producer's store has lost? */
    private boolean isEmpty(FeedEntry.Ended last) {
        return last.end().head() == 0 && setBackIndex == 0;
    }

    /** Has its end fallen out of a ring with this oldest index? */
    boolean hasLostItsEnd(long oldest) {
        return ended != null && ended.index() < oldest;
    }

    /** Is it over, and has everything up to this index to do with others? */
    boolean isOverBy(long index) {
        return ended != null && ended.index() <= index;
    }

    /** The key of the message in front of this position, if that is the base; null if it had none. */
    @Nullable String keyBefore(Position position) {
        return position.sequence() == base + 1 ? key : null;
    }

    /**
     * May a subscription that stands there read the ring from its oldest entry on? It must lack nothing that fell out of the ring, or that is
     * told here as missed, and its producer must be known to have been there.
     *
     * @param place null for one that reads from the first message
     * @param head the highest sequence that its producer is known to have had
     */
    boolean covers(@Nullable Place place, long head, long oldest) {
        if (place != null && (place.kind() == Place.Kind.OVER || (place.over() && ended != null))) {
            return true;
        } else if (place == null && ended != null && isEmpty(ended)) {
            return true; // nothing was ever in it
        } else if (hasLostItsEnd(oldest)) {
            return false;
        } else if (place == null) {
            return completeBehind() <= 0;
        } else if (!place.isKnown()) {
            return place.sequence() == Place.UNKNOWN && setBackIndex < oldest; // behind the tail, and everything there
        }
        long at = place.sequence();
        return completeBehind() <= at && at <= Math.max(head, tail);
    }
}
