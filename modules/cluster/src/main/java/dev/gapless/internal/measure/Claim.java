package dev.gapless.internal.measure;

/** What of a gap is the word alone of a client outside the cluster. */
public enum Claim {
    /** Nothing: this node gave it what comes before. */
    NOTHING,
    /** Where it begins, and so how much is missing. */
    PLACE,
    /** That there was such a stream, or whose it was. */
    STREAM
}
