package dev.gapless.core.feed;

import org.jspecify.annotations.Nullable;

/**
 * What an overtaken subscription is told of a stream.
 *
 * @param began where it began in this feed; {@link Place#UNKNOWN} if that was an expiry
 * @param at up to here everything fell out of the ring
 * @param ended its end, if that fell out, too
 * @param setBack the last expiry that led back and fell out, if any did
 */
public record Base(
        Stream stream, long began, long at, FeedEntry.@Nullable Ended ended, FeedEntry.@Nullable Expired setBack) {
    /** The same, of more that fell out. */
    Base upTo(long further) {
        return new Base(stream, began, further, ended, setBack);
    }

    /** Did what fell out, from this index on, lead back whoever stands there? Then nobody can say how much of it that one lacks. */
    public boolean leadsBack(long sequence, long index) {
        return setBack != null && setBack.from() == sequence && setBack.index() >= index;
    }
}
