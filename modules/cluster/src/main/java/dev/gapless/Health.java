package dev.gapless;

/**
 * Whether a node takes part in its cluster: what the health check of a service that embeds Gapless asks.
 *
 * <pre>{@code
 * Health health = gapless.health();
 * return health.isUp() ? status(200) : status(503, health.reason());
 * }</pre>
 *
 * @param state of the node
 * @param reason for people, and for the answer of a probe
 */
public record Health(State state, String reason) {

    /** What a node is at. */
    public enum State {
        /** It has not joined the cluster yet: nothing is delivered so far. */
        STARTING,
        /** It is a member. */
        UP,
        /** It was removed from the cluster, by the other members or its own downing strategy, or gave way to another one: what it knows is stale. Only a new process, or a new actor system, takes part again. */
        REMOVED,
        /** It leaves, or has left. */
        CLOSED
    }

    /** {@return whether the node is a member of its cluster} */
    public boolean isUp() {
        return state == State.UP;
    }
}
