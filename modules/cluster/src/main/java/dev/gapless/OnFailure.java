package dev.gapless;

/** What becomes of a subscription after a message that could not be handled. */
public enum OnFailure {
    /** The message counts as delivered, and the next one comes. */
    SKIP,
    /** The subscription ends; its token resumes at this message. */
    STOP
}
