package dev.gapless.core;

/** Where a reader goes on whose position the ring has overtaken (rule P3). */
public enum ResumeAfterExpiry {
    /** With what is published next, so that the whole ring is there for the time that the reload takes. */
    HEAD,
    /** In the middle of the ring: fewer messages are missed, and there is half as much time for the reload. */
    RETAINED
}
