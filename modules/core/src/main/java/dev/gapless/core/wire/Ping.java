package dev.gapless.core.wire;

/**
 * Between hubs that share a session: I am here, and this is the last I heard of you.
 *
 * @param fromUid the sender's life
 * @param toUid the life that it is meant for; any other ignores it
 * @param counter rises with each ping of the sender to this node
 * @param heard the last counter that the sender has received from this node, or 0
 * @param forgotten how many times the sender has dropped this node's cursors, since it had not heard of it for too long
 */
public record Ping(long fromUid, long toUid, long counter, long heard, long forgotten) implements NodeMessage {}
