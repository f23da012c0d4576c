package dev.gapless.core.wire;

import dev.gapless.core.Limits;

/**
 * Between hubs: who I am. Repeated until it is answered.
 *
 * @param fromUid the sender's life
 * @param toUid the life that it is meant for; any other ignores it
 * @param node the sender's name
 * @param answer true if it answers a Hello, which is not answered again
 */
public record Hello(long fromUid, long toUid, String node, boolean answer) {
    public Hello {
        Limits.checkName("node", node);
    }
}
