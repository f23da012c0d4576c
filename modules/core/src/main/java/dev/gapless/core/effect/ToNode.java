package dev.gapless.core.effect;

/** What a shard tells its node, in order. */
public sealed interface ToNode {

    /** The shard shares a session with that incarnation: pings are to tell whether the link works. */
    record Watch(long uid) implements ToNode {}

    /** The cursors of that incarnation are dropped. */
    record Forgot(long uid) implements ToNode {}

    /** No subscription is open any more, and none will be opened. */
    record SubscriptionsEnded() implements ToNode {}

    /**
     * The producers have drained.
     *
     * @param complete whether every reader has everything; false if the time for it ran out
     */
    record Drained(boolean complete) implements ToNode {}
}
