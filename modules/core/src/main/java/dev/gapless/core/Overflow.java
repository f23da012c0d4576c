package dev.gapless.core;

/** What happens when a ring is full and a reader has not yet got its oldest entry. */
public enum Overflow {
    /** The oldest entry goes, and what the reader missed is announced. Nobody waits for anybody. */
    EXPIRE,
    /**
     * The writer waits for reachable readers: a publish until there is room, up to a timeout. After as long without an Ack a reader is no
     * longer waited for, after half of it a subscription that frees nothing: what they missed is announced.
     */
    BACKPRESSURE
}
