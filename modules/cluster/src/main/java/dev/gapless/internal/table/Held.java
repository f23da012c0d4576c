package dev.gapless.internal.table;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Event;
import dev.gapless.Reload;
import dev.gapless.Undecodable;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.internal.subscribe.Outcome;
import dev.gapless.internal.subscribe.Recipient;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event behind which nothing comes until a source was read that says up to where it is: a gap, the first load, or a message that is of no use.
 *
 * @param number of the event, and {@code receipts} who is told that it was dealt with
 * @param gaps what was missed
 * @param at resumes in front of it
 * @param message where the message stands that is of no use; null if it is none
 * @param cameMs when it came, in milliseconds since 1970
 */
record Held(
        long number,
        Recipient.Receipts receipts,
        List<Gap> gaps,
        CursorToken at,
        @Nullable Position message,
        long cameMs) {
    static Held of(Event<?> event, long number, Recipient.Receipts receipts, long nowMs) {
        List<Gap> gaps = event instanceof CursorExpired<?> expired ? expired.gaps() : List.of();
        Position message = event instanceof Delivery<?> delivery
                ? delivery.position()
                : event instanceof Undecodable<?> undecodable ? undecodable.position() : null;
        return new Held(number, receipts, gaps, event.token(), message, nowMs);
    }

    /**
     * {@return what rows lack that are up to there; null if they have all that was missed, and all that the table has}
     *
     * @param own where the table was when this came
     * @param publishedMs of each stream, when the last message was published that the table has
     * @param last up to where the rows were that it took last; null if it took none
     */
    @Nullable String lackedOf(CursorToken upTo, CursorToken own, Map<Epoch, Long> publishedMs, @Nullable CursorToken last) {
        if (message != null && isBehind(upTo, message.epoch(), message.sequence(), wasThereMs(message.epoch()))) {
            return "the message at " + message;
        }
        for (Gap gap : gaps) {
            if (gap.node() != null && isBehind(upTo, gap)) {
                return "what was missed of " + gap.node();
            }
        }
        for (CursorToken.Entry entry : own.entries()) {
            long timeMs = Math.max(own.timeMs(), publishedMs.getOrDefault(entry.epoch(), 0L));
            if (!entry.over() && isBehind(upTo, entry, timeMs)) {
                return what(entry);
            }
        }
        return last == null ? null : lackedOf(upTo, last);
    }

    /** What rows had before. */
    private static @Nullable String lackedOf(CursorToken upTo, CursorToken last) {
        for (CursorToken.Entry entry : last.entries()) {
            if (entry.over() ? isOpen(upTo, entry.epoch()) : isBehind(upTo, entry, last.timeMs())) {
                return what(entry);
            }
        }
        return null;
    }

    private static String what(CursorToken.Entry entry) {
        return "what " + entry.node() + " published up to " + entry.position();
    }

    private static boolean isOpen(CursorToken upTo, Epoch epoch) {
        CursorToken.Entry its = entry(upTo, epoch);
        return its != null && !its.over();
    }

    private static boolean isBehind(CursorToken upTo, CursorToken.Entry entry, long timeMs) {
        return entry.sequence() > 0 && isBehind(upTo, entry.epoch(), entry.sequence(), timeMs);
    }

    /**
     * Is it behind that? A token lists all members, by their streams or by their nodes' earlier ones. One that no longer lists a stream has passed its end,
     * and is later than whatever went on while the stream was there (T1).
     *
     * @param timeMs when it was
     */
    private static boolean isBehind(CursorToken upTo, Epoch epoch, long sequence, long timeMs) {
        CursorToken.Entry its = entry(upTo, epoch);
        return its == null
                ? upTo.timeMs() <= timeMs || (sequence > 0 && isInFrontOf(upTo, epoch))
                : !its.over() && its.sequence() < sequence;
    }

    /** Does it list the stream's node, and say that the stream's incarnation was there? Then it stands in an earlier stream of that node. */
    private static boolean isInFrontOf(CursorToken upTo, Epoch epoch) {
        return upTo.entries().stream()
                .mapToLong(CursorToken.Entry::host)
                .anyMatch(host -> host != 0 && Epoch.of(host, upTo.topic()).equals(epoch));
    }

    /** When that stream went on for certain: its incarnation was there when this came, or this node says nothing of it. */
    private long wasThereMs(Epoch epoch) {
        return isInFrontOf(at, epoch) ? Math.max(cameMs, at.timeMs()) : at.timeMs();
    }

    /** Where a stream has ended, it is until its subscriber was told so. */
    private boolean isBehind(CursorToken upTo, Gap gap) {
        Position resumesAt = gap.resumesAt();
        Epoch epoch = gap.epoch();
        CursorToken.Entry ended = null;
        if (epoch != null && (resumesAt == null || !resumesAt.epoch().equals(epoch))) {
            ended = entry(upTo, epoch);
        }
        if (ended != null && !ended.over()) {
            return true;
        } else if (resumesAt != null && (resumesAt.sequence() > 1 || ended == null)) {
            return isBehind(upTo, resumesAt.epoch(), resumesAt.sequence() - 1, wasThereMs(resumesAt.epoch()));
        }
        if (epoch == null) { // nobody can say which: its streams are over, as far as this node has heard of them
            return at.entries().stream()
                    .anyMatch(entry -> entry.node().equals(gap.node()) && isOpen(upTo, entry.epoch()));
        }
        return ended == null && upTo.timeMs() <= at.timeMs();
    }

    private static CursorToken.@Nullable Entry entry(CursorToken upTo, Epoch epoch) {
        for (CursorToken.Entry entry : upTo.entries()) {
            if (entry.epoch().equals(epoch)) {
                return entry;
            }
        }
        return null;
    }

    /** Rows have it that are up to there: what they have is not given again. */
    void release(CursorToken upTo) {
        receipts.settled(number, message == null ? Outcome.reloaded(Reload.upTo(upTo)) : Outcome.DONE);
    }
}
