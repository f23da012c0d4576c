package dev.gapless.gateway.internal.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.gateway.internal.access.Caller;

/** A client that stays, by whatever protocol. Thread-safe. */
public interface Connected {
    /** It is looked at from time to time: does it take what is written? */
    void checkLiveness(long nowNs);

    /** Who it is now. */
    Caller caller();

    /** Its connection is to end, if it does not end yet; the client is told why. */
    void close(Closing why);

    /** {@code websocket}, {@code sse} or {@code grpc}. */
    String protocol();

    /** By how many messages it is behind. */
    long lag();

    /** What it is at, as {@code /api/status} shows it. */
    void describe(ObjectNode to);
}
