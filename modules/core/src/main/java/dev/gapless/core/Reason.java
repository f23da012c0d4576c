package dev.gapless.core;

/** Why a subscription is told that it missed something. */
public enum Reason {
    /** The ring went on past the reader before it was read. */
    OVERRUN,
    /** The producer has begun a new log, and cannot say what the reader missed of the old one. */
    PRODUCER_RESTARTED,
    /** The producer's node is gone, did not come back in time, and may have published what nobody received. */
    PRODUCER_LOST,
    /** The subscription was ready without this producer, which had published something by the time it answered. */
    REGISTERED_LATE,
    /** The position is of no use: the producer has never been there, or the token was taken before it had answered. */
    POSITION_UNKNOWN
}
