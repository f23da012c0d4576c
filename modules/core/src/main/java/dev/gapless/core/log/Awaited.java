package dev.gapless.core.log;

/** What a publish waits for. */
public enum Awaited {
    /** That the node is up, as a member of its cluster (rule P14). */
    MEMBERSHIP,
    /** With backpressure: for room in the ring. */
    ROOM,
    /** That it is stored. */
    STORE
}
