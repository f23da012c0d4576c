package dev.gapless.core;

/** What happens when a ring is full and a reader has not yet got its oldest entry. */
public enum Overflow {
    /** The oldest entry goes, and the reader is told what it missed. Nobody waits for anybody. */
    EXPIRE,
    /** The writer waits for reachable readers, up to a timeout, beyond which a reader that frees nothing is told. */
    BACKPRESSURE
}
