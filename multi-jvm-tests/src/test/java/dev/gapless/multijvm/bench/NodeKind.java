package dev.gapless.multijvm.bench;

/** What a node has on its class path. */
public enum NodeKind {
    GAPLESS,
    /** Pekko alone: the jars of Gapless are not there. */
    PLAIN
}
