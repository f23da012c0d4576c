package dev.gapless.core.wire;

/**
 * Between node actors that share a session: I am here, and this is the last I heard of you.
 *
 * @param fromUid the sender's incarnation
 * @param toUid the incarnation that it is meant for; any other ignores it
 * @param counter rises with each ping of the sender to this node
 * @param heard the highest counter that the sender has received from this node, or 0
 * @param forgotten how often no ping of this node had answered the sender's for cursor-retention, so that its cursors were dropped
 * @param timeMs the cluster's time, as the sender knows it, in milliseconds since 1970
 * @param history a digest of what the sender remembers of incarnations that ended
 */
public record Ping(long fromUid, long toUid, long counter, long heard, long forgotten, long timeMs, long history)
        implements NodeMessage {
    public Ping {
        if (counter < 1 || heard < 0 || forgotten < 0) {
            throw new IllegalArgumentException(
                    "A ping counts from 1: " + counter + ", has heard " + heard + ", has forgotten " + forgotten);
        }
    }
}
