package dev.gapless.core.feed;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.LogEnd;
import dev.gapless.core.Position;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The open end of a stretch: the producer was lost, or left. It lies after every message of the stretch, whatever their sequences.
 *
 * @param node the producer's name
 * @param number that of the stretch, or of one that nobody heard anything of; 0 if not even that was counted, -1 if only a token says so
 * @param last the furthest position in front of it that is known, or null for a life that never answered
 * @param first the first sequence of the epoch of {@code last}
 * @param uid the life that {@code last} is of; 0 if that is not known
 * @param exact is {@code last} all that was published in that stretch, as its node said when it left?
 * @param toldBy how the end became known
 */
public record End(String node, long number, @Nullable Position last, long first, long uid, boolean exact, ToldBy toldBy)
        implements Placed {

    /** Who says that a stretch is over. Makes no difference to where it is over. */
    public enum ToldBy {
        /** The feed that the subscription reads. */
        FEED,
        /** The catch-up reader that the subscription had: its producer may turn up on the shared feed, and go on at the end's position. */
        CATCH_UP,
        /** The subscription began after it, and was never in that stretch. */
        START
    }

    /**
     * An end that another catch-up reader told, as a token says. It lies before all that is counted here, also before a life that turns out
     * to have been before all others.
     */
    public static End ofToken(CursorToken.Lost lost) {
        return new End(lost.node(), -1, lost.position(), 1, lost.uid(), false, ToldBy.CATCH_UP);
    }

    /** Does only a token say so? Then nothing of that producer has come here. */
    public boolean isOfToken() {
        return number < 0;
    }

    /** An end that the feed tells. */
    static End of(String node, long number, @Nullable Position last, long first, long uid) {
        return new End(node, number, last, first, uid, false, ToldBy.FEED);
    }

    /** An end that the feed tells, of a node that said what it published. */
    static End exact(String node, long number, LogEnd end, long uid) {
        return new End(node, number, end.position(), end.log().first(), uid, true, ToldBy.FEED);
    }

    /** The same end, told otherwise. */
    public End toldBy(ToldBy otherwise) {
        return new End(node, number, last, first, uid, exact, otherwise);
    }

    /**
     * The same end, for whoever was never in front of it: the furthest position that others know there is not its own. What its token says of
     * another life stays, which goes on there should it turn up.
     */
    End forWhoWasAt(@Nullable Placed known) {
        return known instanceof End lost && lost.isOfToken()
                ? new End(node, number, lost.last, lost.first, lost.uid, false, ToldBy.START)
                : new End(node, number, null, 1, 0, false, toldBy);
    }

    /** Did the incarnation that this position is of say itself that it ended here, and further on? */
    public boolean isSaidOf(Placed position) {
        return exact
                && last != null
                && last.epoch().equals(position.epoch())
                && position.sequence() < last.sequence()
                && !(position instanceof End other && other.exact());
    }

    /** That position, moved behind all that {@link #isSaidOf} says of it. */
    Placed inPlaceOf(Placed position) {
        return position instanceof End open
                ? new End(open.node, open.number, last, first, uid, true, open.toldBy)
                : position.movedTo(Objects.requireNonNull(last));
    }

    /** Is this the next stretch after it? If not, lives that nobody can number may lie between the two (rule S3). */
    public boolean isRightBefore(Era era) {
        return era.number() <= number + 1;
    }

    /** Was anything published in front of it, as far as is known? */
    public boolean hasPublished() {
        return last != null && last.sequence() >= first;
    }

    @Override
    public @Nullable Epoch epoch() {
        return last == null ? null : last.epoch();
    }

    @Override
    public long sequence() {
        return last == null ? 0 : last.sequence();
    }

    @Override
    public @Nullable Position position() {
        return last;
    }
}
