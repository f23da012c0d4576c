package dev.gapless.multijvm.bench;

/** What of a link a fault concerns. */
public enum Traffic {
    /** Everything, the cluster's own heartbeats too. */
    ALL,
    /** The messages of applications alone: the failure detector, which uses another connection, notices nothing. */
    MESSAGES
}
