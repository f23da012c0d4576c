package dev.gapless.core.wire;

import dev.gapless.core.Limits;
import java.util.List;

/**
 * Between node actors: who I am. Repeated until it is answered.
 *
 * @param fromUid the sender's incarnation
 * @param toUid the incarnation that it is meant for; any other ignores it
 * @param node the sender's name
 * @param actors the numbers by which the transport tells the sender's actors from earlier ones at the same address: its node actor's,
 *     then its shards', in their order; empty if none are needed
 * @param answer true if it answers a Hello, which is not answered again
 * @param startedMs when the sender was started, by its own clock, in milliseconds since 1970: of two namesakes in different data
 *     centers, the one that was started later gives way
 * @param timeMs the cluster's time, as the sender knows it, in milliseconds since 1970
 * @param ageMs for how many milliseconds the sender has run
 * @param publishes whether anything may ever be published there; if not, nothing of it can be missed, however it ends
 */
public record Hello(
        long fromUid,
        long toUid,
        String node,
        List<Integer> actors,
        boolean answer,
        long startedMs,
        long timeMs,
        long ageMs,
        boolean publishes)
        implements NodeMessage {
    public Hello {
        Limits.checkName("node", node);
        actors = List.copyOf(actors);
    }
}
