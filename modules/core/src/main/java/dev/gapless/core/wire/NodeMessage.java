package dev.gapless.core.wire;

/** Between two nodes, and of no topic. Any other incarnation than the one that it is meant for ignores it. */
public sealed interface NodeMessage extends Packet
        permits Hello, Ping, Farewell, AskHistory, HistoryPart, ClusterProbe, GiveWay {
    /** The sender's incarnation. */
    long fromUid();

    /** The incarnation that it is meant for. */
    long toUid();
}
