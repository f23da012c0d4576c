package dev.gapless.core;

/** Why a subscription is told that it missed something. */
public enum Reason {
    /** The ring overwrote messages before the reader got them. */
    OVERRUN(0),
    /**
     * The producer has begun a new log, and cannot say what the reader missed of the old one. Of a durable topic: its store does not have the old
     * one at all.
     */
    PRODUCER_RESTARTED(1),
    /**
     * The producer's node is gone, did not come back in time, and may have published what nobody received. Or its store was put back, and has less
     * of a log than the reader had read to its end, or had heard of.
     */
    PRODUCER_LOST(2),
    /**
     * The position is of no use: the producer has never been there, or the token was taken before it had answered, or the subscription
     * was ready without it, and it has published since. Or its store was put back, and has less of the log than the reader, which was still in it.
     * Without a producer: nobody knows who came and went since the token was taken, or what was published in another cluster with the same id.
     */
    POSITION_UNKNOWN(3);

    private final int code;

    Reason(int code) {
        this.code = code;
    }

    /** Its number on the wire. */
    public int code() {
        return code;
    }

    /** The reason with this number on the wire. */
    public static Reason of(int code) {
        for (Reason reason : values()) {
            if (reason.code == code) {
                return reason;
            }
        }
        throw new IllegalArgumentException("No reason has the number " + code);
    }
}
