package dev.gapless.core.wire;

/** Between two nodes, and of no topic. Any other life than the one that it is meant for ignores it. */
public sealed interface NodeMessage extends Packet
        permits Hello, Ping, Farewell, AskHistory, HistoryPart, Who, GiveWay {
    /** The sender's life. */
    long fromUid();

    /** The life that it is meant for. */
    long toUid();
}
