package dev.gapless.core.feed;

import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import org.jspecify.annotations.Nullable;

/**
 * How a stream ended: settled once for all readers of a topic, and never changed afterwards.
 *
 * @param head its last message, as its producer said; {@link #OPEN} if nobody knows it
 * @param reason why whoever lacks something of it lacks it
 * @param successor where the stream goes on that the node has now; null if there is none
 * @param timeMs when it was settled, in milliseconds since 1970
 * @param wasMember was its incarnation a member here? If not, it may turn out to be one
 */
public record End(long head, Reason reason, @Nullable Position successor, long timeMs, boolean wasMember) {
    /** The {@link #head} that nobody knows. */
    public static final long OPEN = -1;

    /** Its producer said how much it published. */
    public static End exact(long head, long timeMs) {
        return new End(head, Reason.PRODUCER_LOST, null, timeMs, true);
    }

    /** Its node is back, in another incarnation whose log has this stream up to there, and goes on. */
    public static End goneOn(long head, long timeMs) {
        return new End(head, Reason.PRODUCER_RESTARTED, null, timeMs, true);
    }

    /** Its producer is gone, and nobody came back. */
    public static End lost(long timeMs) {
        return new End(OPEN, Reason.PRODUCER_LOST, null, timeMs, true);
    }

    /** Its node is back, in another incarnation. */
    public static End restarted(Position successor, long timeMs) {
        return new End(OPEN, Reason.PRODUCER_RESTARTED, successor, timeMs, true);
    }

    /** The same, settled at this time. */
    public End at(long nowMs) {
        return new End(head, reason, successor, nowMs, wasMember);
    }

    /** The same, of an incarnation that has not been a member here. */
    public End ofStranger() {
        return new End(head, reason, successor, timeMs, false);
    }

    /** The same, of one that has been there: it does not come back. */
    public End ofMember() {
        return new End(head, reason, successor, timeMs, true);
    }

    /** The same, for whoever does not go on with what its node has now. */
    public End withoutSuccessor() {
        return new End(OPEN, Reason.PRODUCER_LOST, null, timeMs, wasMember);
    }

    /** Is it known how much there was, and did a later incarnation go on with it? */
    public boolean hasGoneOn() {
        return !isOpen() && reason == Reason.PRODUCER_RESTARTED;
    }

    public boolean isOpen() {
        return head == OPEN;
    }
}
