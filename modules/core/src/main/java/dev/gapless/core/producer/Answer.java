package dev.gapless.core.producer;

import dev.gapless.core.LogIdentity;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.ResumeAfterExpiry;
import dev.gapless.core.Start;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Log;
import org.jspecify.annotations.Nullable;

/**
 * Where a registration goes on (rules P2 and P3).
 *
 * @param expiry why it cannot go on where it wants to, or null
 * @param next the sequence of the first message that will be sent
 * @param oldest the oldest sequence that the ring holds
 * @param head the newest
 */
record Answer(@Nullable Reason expiry, long next, long oldest, long head) {

    /** The answer to a registration that wants to begin there. */
    static Answer of(Start start, Log log, TopicSettings settings) {
        LogIdentity identity = log.identity();
        long head = log.head();
        long oldest = Math.min(log.oldest(), head + 1);
        if (start instanceof Start.Earliest) {
            return new Answer(null, oldest, oldest, head);
        } else if (start instanceof Start.Beginning) {
            return oldest == 1
                    ? new Answer(null, 1, oldest, head)
                    : new Answer(Reason.OVERRUN, resumeAtBeginning(oldest, head), oldest, head);
        } else if (start instanceof Start.Since since) {
            long first = log.firstSince(since.timeMs());
            return first > 0
                    ? new Answer(null, Math.min(first, head + 1), oldest, head)
                    : new Answer(Reason.OVERRUN, resumeAfterOverrun(oldest, head, settings), oldest, head);
        } else if (start instanceof Start.After after) {
            return after(after.position(), identity, oldest, head, settings);
        }
        return new Answer(null, head + 1, oldest, head);
    }

    private static Answer after(
            Position position, LogIdentity identity, long oldest, long head, TopicSettings settings) {
        boolean known = position.epoch().equals(identity.epoch());
        if (!known) {
            return new Answer(Reason.PRODUCER_RESTARTED, resumeAtBeginning(oldest, head), oldest, head);
        } else if (position.sequence() > head) {
            return new Answer(Reason.POSITION_UNKNOWN, resumeAfterOverrun(oldest, head, settings), oldest, head);
        } else if (position.sequence() + 1 < oldest) {
            return new Answer(Reason.OVERRUN, resumeAfterOverrun(oldest, head, settings), oldest, head);
        }
        return new Answer(null, position.sequence() + 1, oldest, head);
    }

    /** Rule P3. */
    private static long resumeAtBeginning(long oldest, long head) {
        return oldest == 1 ? 1 : head + 1;
    }

    /** Rule P3: where a reader goes on that the ring overtook. */
    static long resumeAfterOverrun(long oldest, long head, TopicSettings settings) {
        return settings.resumeAfterExpiry() == ResumeAfterExpiry.HEAD ? head + 1 : oldest + (head + 1 - oldest) / 2;
    }
}
