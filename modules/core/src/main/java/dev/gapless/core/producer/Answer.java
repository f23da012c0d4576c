package dev.gapless.core.producer;

import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.ResumeAfterExpiry;
import dev.gapless.core.Start;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Log;
import dev.gapless.core.log.LogPart;
import dev.gapless.core.log.Ring;
import org.jspecify.annotations.Nullable;

/**
 * Where a registration goes on (rules P2 and P3).
 *
 * @param expiry why it cannot go on where it wants to, or null
 * @param part the stream in which it goes on; of a copy all of the log
 * @param next the number in the log of the first message that will be sent
 * @param head the newest of that stream
 */
record Answer(@Nullable Reason expiry, LogPart part, long next, long head) {

    /** The answer to a registration that wants to begin there. */
    static Answer of(Start start, Log log, TopicSettings settings) {
        long head = log.head();
        long oldest = Math.min(log.oldest(), head + 1);
        LogPart own = log.parts().own();
        if (start instanceof Start.Earliest) {
            return at(null, oldest, log, head);
        } else if (start instanceof Start.Beginning) {
            return oldest <= own.number(1)
                    ? new Answer(null, own, own.number(1), head)
                    : new Answer(Reason.OVERRUN, own, resumeAtBeginning(own, oldest, head), head);
        } else if (start instanceof Start.Since since) {
            long first = log.firstSince(since.timeMs());
            return first > 0
                    ? at(null, Math.min(first, head + 1), log, head)
                    : at(Reason.OVERRUN, resumeAfterOverrun(own, oldest, head, settings), log, head);
        } else if (start instanceof Start.After after) {
            return after(after.position(), log, oldest, head, settings);
        } else if (start instanceof Start.Copy copy) {
            return copy(copy, log, oldest, head, settings);
        }
        return new Answer(null, own, head + 1, head);
    }

    /** In the stream to which this number belongs; of one that comes next that is the log's own. */
    private static Answer at(@Nullable Reason expiry, long next, Log log, long head) {
        LogPart part = log.parts().at(next);
        return new Answer(expiry, part, next, part.head(head));
    }

    private static Answer after(Position position, Log log, long oldest, long head, TopicSettings settings) {
        Epoch epoch = position.epoch();
        LogPart part = log.parts().get(epoch);
        LogPart own = log.parts().own();
        if (part == null) {
            return new Answer(Reason.PRODUCER_RESTARTED, own, resumeAtBeginning(own, oldest, head), head);
        }
        if (part.isEarlier() && position.sequence() == part.sequence(part.last())) {
            LogPart behind = log.parts().behind(part); // it has everything of that one
            return after(0, behind, oldest, head, settings);
        }
        return after(position.sequence(), part, oldest, head, settings);
    }

    private static Answer after(long sequence, LogPart part, long oldest, long head, TopicSettings settings) {
        long partHead = part.head(head);
        long partOldest = Math.min(Math.max(oldest, part.number(1)), partHead + 1);
        long next = part.number(sequence) + 1;
        if (sequence > part.sequence(partHead)) {
            return new Answer(Reason.POSITION_UNKNOWN, part, partHead + 1, partHead);
        } else if (next < partOldest) {
            return new Answer(Reason.OVERRUN, part, resumeAfterOverrun(part, partOldest, partHead, settings), partHead);
        }
        return new Answer(null, part, next, partHead);
    }

    /** Rule P18. */
    private static Answer copy(Start.Copy copy, Log log, long oldest, long head, TopicSettings settings) {
        LogPart whole = log.parts().whole();
        long anew = copy.begin() ? oldest : head + 1;
        Position after = copy.after();
        if (after == null) {
            return new Answer(null, whole, anew, head);
        }
        LogPart part = log.parts().get(after.epoch());
        if (part == null) {
            return new Answer(Reason.PRODUCER_RESTARTED, whole, anew, head);
        } else if (after.sequence() > part.sequence(part.head(head))) {
            return new Answer(Reason.POSITION_UNKNOWN, whole, anew, head);
        }
        long next = part.number(after.sequence()) + 1;
        return next < oldest
                ? new Answer(Reason.OVERRUN, whole, resumeAfterOverrun(whole, oldest, head, settings), head)
                : new Answer(null, whole, next, head);
    }

    /** The number up to which messages may be overwritten, as far as a node is concerned that registers to copy the log (rule P18). */
    long least(Start.Copy copy, Log log) {
        Position least = copy.least();
        if (least == null) { // of a copy that begins its node says only with its first Ack what is waited for
            return copy.after() == null ? next - 1 : Ring.ALL;
        }
        long beforeOldest = log.oldest() - 1;
        LogPart part = log.parts().get(least.epoch());
        if (part == null) {
            return beforeOldest;
        }
        long last = part.sequence(part.head(log.head()));
        return Math.max(part.number(Math.min(least.sequence(), last)), beforeOldest);
    }

    /** Rule P3. */
    private static long resumeAtBeginning(LogPart own, long oldest, long head) {
        return oldest <= own.number(1) ? own.number(1) : head + 1;
    }

    /** Rule P3: where a reader goes on that the ring overtook. Nothing is added to an earlier stream, so nobody runs after its head. */
    static long resumeAfterOverrun(LogPart part, long oldest, long head, TopicSettings settings) {
        boolean atHead = settings.resumeAfterExpiry() == ResumeAfterExpiry.HEAD && !part.isEarlier();
        return atHead ? head + 1 : oldest + (head + 1 - oldest) / 2;
    }
}
