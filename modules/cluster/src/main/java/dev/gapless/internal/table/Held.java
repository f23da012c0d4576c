package dev.gapless.internal.table;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Event;
import dev.gapless.Reload;
import dev.gapless.Undecodable;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.internal.subscribe.Outcome;
import dev.gapless.internal.subscribe.Recipient;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event behind which nothing comes until a source was read that says up to where it is: a gap, the first load, or a message that is of no use.
 *
 * @param number of the event, and {@code receipts} who is told that it was dealt with
 * @param gaps what was missed
 * @param at resumes in front of it
 * @param message where the message stands that is of no use; null if it is none
 */
record Held(
        long number,
        Recipient.Receipts receipts,
        List<Gap> gaps,
        CursorToken at,
        @Nullable Position message) {
    static Held of(Event<?> event, long number, Recipient.Receipts receipts) {
        List<Gap> gaps = event instanceof CursorExpired<?> expired ? expired.gaps() : List.of();
        Position message = event instanceof Delivery<?> delivery
                ? delivery.position()
                : event instanceof Undecodable<?> undecodable ? undecodable.position() : null;
        return new Held(number, receipts, gaps, event.token(), message);
    }

    /** What rows lack that are up to there; null if they have all that was missed. */
    @Nullable String lackedOf(CursorToken upTo) {
        if (message != null) {
            return isBehind(upTo, message) ? "the message at " + message : null;
        }
        for (Gap gap : gaps) {
            if (isBehind(upTo, gap)) {
                return "what was missed of " + gap.node();
            }
        }
        return gaps.isEmpty() ? lackedAtFirst(upTo) : null;
    }

    private @Nullable String lackedAtFirst(CursorToken upTo) {
        for (CursorToken.Entry entry : at.entries()) {
            Position place = entry.over() || entry.sequence() <= 0 ? null : entry.position();
            if (place != null && isBehind(upTo, place)) {
                return "what " + entry.node() + " published up to " + place;
            }
        }
        return null;
    }

    private static boolean isBehind(CursorToken upTo, Position position) {
        return upTo.entries().stream()
                .noneMatch(entry -> entry.epoch().equals(position.epoch())
                        && (entry.over() || entry.sequence() >= position.sequence()));
    }

    /** Of a gap with an open end, it is, until its subscriber was told so. */
    private static boolean isBehind(CursorToken upTo, Gap gap) {
        if (gap.node() == null) {
            return false; // nobody knows whose
        }
        Position resumesAt = gap.resumesAt();
        Position place = upTo.positions().get(gap.node());
        if (place == null || resumesAt == null) {
            return upTo.positions().containsKey(gap.node());
        }
        return place.epoch().equals(resumesAt.epoch())
                ? place.sequence() + 1 < resumesAt.sequence()
                : place.epoch().equals(gap.epoch());
    }

    /** Rows have it that are up to there: what they have is not given again. */
    void release(CursorToken upTo) {
        receipts.settled(number, message == null ? Outcome.reloaded(Reload.upTo(upTo)) : Outcome.DONE);
    }
}
