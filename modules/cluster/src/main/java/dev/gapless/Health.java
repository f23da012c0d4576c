package dev.gapless;

import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * Whether a node takes part in its cluster, and what is wrong with it though it does: what the health check of a service that embeds Gapless
 * asks.
 *
 * <pre>{@code
 * Health health = gapless.health();
 * return health.isUp() ? status(200) : status(503, health.reason());
 * }</pre>
 *
 * @param state of the node
 * @param reason for people, and for the answer of a probe
 * @param concerns what is wrong, if it is DEGRADED; empty in any other state
 * @param isReady whether the node should be given requests: it is a member, and has no concern of which {@code gapless.out-of-service-on} says that
 *     it is out of service. What is wrong with all nodes alike, such as a database that is away, should not take all of them out
 */
public record Health(State state, String reason, List<Concern> concerns, boolean isReady) {

    /**
     * Keeps a copy of the list.
     *
     * @param state of the node
     * @param reason for people
     * @param concerns what is wrong
     * @param isReady whether it should be given requests
     */
    public Health {
        concerns = List.copyOf(concerns);
    }

    /**
     * Where nothing is wrong, or everything. Only who is UP is ready.
     *
     * @param state not DEGRADED
     * @param reason for people
     */
    public Health(State state, String reason) {
        this(state, reason, List.of(), state == State.UP);
    }

    /** What a node is at. */
    public enum State {
        /** It has not joined the cluster yet: nothing is delivered so far. */
        STARTING,
        /** It is a member. */
        UP,
        /** It is a member, and something is wrong: see {@link #concerns}. */
        DEGRADED,
        /**
         * It was removed from the cluster, by the other members or its own downing strategy, gave way to another one, or could not join: what it
         * knows is stale. Only a new process, or a new actor system, takes part again.
         */
        REMOVED,
        /** It leaves, or has left. */
        CLOSED
    }

    /** What can be wrong with a member. */
    public enum Kind {
        /** There is another cluster with this one's id, which is to give way. */
        OTHER_CLUSTER,
        /** There is another cluster with this one's id, and this one is to give way: others are right where the two differ. */
        OUTNUMBERED,
        /** The node cannot store what is published to durable topics, or tokens of named subscriptions. */
        STORE,
        /** Consumers of the node have given up some producers ({@code gapless.register-backoff.attempts}). */
        GIVEN_UP,
        /** A table has closed, and its holders have not: beyond a bound, for instance. */
        TABLE_CLOSED,
        /** A table has not loaded yet. */
        TABLE_NOT_LOADED;

        /** {@return its name in settings: {@code table-not-loaded}} */
        public String key() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * Something that is wrong.
     *
     * @param kind of it
     * @param what it is, for people, with what helps
     * @param since when the node has known it, by its clock; to the second
     */
    public record Concern(Kind kind, String what, Instant since) {
        @Override
        public String toString() {
            return kind.key() + " since " + since + ": " + what;
        }
    }

    /** {@return whether the node is a member of its cluster, also if something is wrong} */
    public boolean isUp() {
        return state == State.UP || state == State.DEGRADED;
    }

    /**
     * Is something of that kind wrong?
     *
     * @param kind of it
     * @return whether it is
     */
    public boolean has(Kind kind) {
        return concerns.stream().anyMatch(concern -> concern.kind() == kind);
    }
}
