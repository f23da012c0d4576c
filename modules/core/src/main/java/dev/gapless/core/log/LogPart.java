package dev.gapless.core.log;

import dev.gapless.core.Epoch;

/**
 * The stream of one incarnation in a log, or all of the log. A log numbers what it has over all of its streams; of a log in memory these are its
 * own stream's sequences.
 *
 * @param uid the incarnation; 0 for the log's own stream, and for all of the log
 * @param before the number in front of its first message
 * @param last the number of its last message; {@link #OPEN} for the log's own stream, and for all of the log
 */
public record LogPart(Epoch epoch, long uid, long before, long last) {
    /** Messages are still appended. */
    public static final long OPEN = Long.MAX_VALUE;

    /** Is it of an earlier incarnation, so that nothing is appended any more? */
    public boolean isEarlier() {
        return last != OPEN;
    }

    /** The number of its newest message in a log with this head. */
    public long head(long logHead) {
        return Math.min(logHead, last);
    }

    /** The oldest sequence of it that is still there in a log with this oldest number; one beyond the head if none is. */
    public long oldest(long logOldest, long head) {
        return sequence(Math.min(Math.max(logOldest, number(1)), head + 1));
    }

    /** The sequence in this stream of a message with this number in the log. */
    public long sequence(long number) {
        return number - before;
    }

    /** The number in the log of a message with this sequence in this stream. */
    public long number(long sequence) {
        return sequence + before;
    }
}
