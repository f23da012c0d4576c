package dev.gapless.core.place;

/** How far a node's copy of a producer's log has got. It moves while others read it; all numbers are that log's, over all of its parts. */
public interface LogCopy {
    /** The newest message that was pushed here, or behind which the log goes on. */
    long newest();

    /** Everything behind this number was pushed here, up to {@link #newest}. */
    long behind();

    /** The newest message of the log, as far as this node has heard. */
    long head();

    /** The oldest message that the log still has, or head + 1. */
    long oldest();

    /** Has the log every generation that it ever had? One that has had too many forgets the oldest. */
    boolean isComplete();

    /** Has the log said that it lost that message, though it has older ones? */
    boolean isLost(long number);

    /** Behind which message somebody goes on who was overtaken (rule P3). */
    default long goesOn() {
        return newest();
    }
}
