package dev.gapless.core.wire;

import dev.gapless.core.Limits;

/**
 * Between hubs: who I am. Repeated until it is answered.
 *
 * @param fromUid the sender's life
 * @param toUid the life that it is meant for; any other ignores it
 * @param node the sender's name
 * @param hub what the transport tells the sender's hub by from others at the same address, or 0 if it needs nothing
 * @param answer true if it answers a Hello, which is not answered again
 * @param startedMs when the sender was started, by its own clock, in milliseconds since 1970: of two namesakes in different data
 *     centers, the one that was started later gives way
 */
public record Hello(long fromUid, long toUid, String node, int hub, boolean answer, long startedMs)
        implements NodeMessage {
    public Hello {
        Limits.checkName("node", node);
    }
}
