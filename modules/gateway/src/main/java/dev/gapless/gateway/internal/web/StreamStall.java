package dev.gapless.gateway.internal.web;

import dev.gapless.gateway.internal.settings.GatewaySettings;

/**
 * How long a stream of a connection with many may take for a frame. Nobody knows which of them took what: so it is longer than for a
 * connection that takes nothing at all.
 */
final class StreamStall {
    private static final int WRITE_TIMEOUTS = 5;

    private StreamStall() {}

    /** Has a frame that is under way since then had its time? */
    static boolean isOver(long sinceNs, GatewaySettings settings) {
        return System.nanoTime() - sinceNs > WRITE_TIMEOUTS * settings.writeTimeout.toNanos();
    }
}
