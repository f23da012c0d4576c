package dev.gapless;

import java.util.OptionalInt;

/**
 * Which nodes are to have a message before {@link Producer#publish(Object, Receipt, java.time.Duration)} says that it is held: in the feed from
 * which their subscriptions read. Immutable.
 *
 * <pre>{@code
 * producer.publish(order, Receipt.heldBy(2), Duration.ofSeconds(5))
 *         .thenAccept(held -> log.info("{} is on {}", held.position(), held.nodes()));
 * }</pre>
 *
 * <p>A node has a message as long as its feed keeps it. That somebody's handler was given it is not said.
 */
public final class Receipt {
    private static final Receipt ALL = new Receipt(OptionalInt.empty());

    private final OptionalInt nodes;

    private Receipt(OptionalInt nodes) {
        this.nodes = nodes;
    }

    /**
     * {@return a receipt of that many nodes} That of the producer does not count: what it has is lost with it.
     *
     * @param nodes at least 1
     * @throws IllegalArgumentException if it is less
     */
    public static Receipt heldBy(int nodes) {
        if (nodes < 1) {
            throw new IllegalArgumentException("A receipt is of at least 1 node, and not of " + nodes);
        }
        return new Receipt(OptionalInt.of(nodes));
    }

    /**
     * {@return a receipt of every node that subscribes to the topic when the message is published, that of the producer, too} Those count no more
     * that are removed from the cluster, or unsubscribe, meanwhile. If nobody subscribes it is there at once: also just after this process
     * began, when nobody has registered with it yet. Where a message is to outlive its process {@link #heldBy} says so.
     */
    public static Receipt heldByAll() {
        return ALL;
    }

    /** {@return how many nodes, at least 1; empty for all} */
    public OptionalInt nodes() {
        return nodes;
    }

    @Override
    public String toString() {
        return nodes.isEmpty() ? "held by all" : "held by " + nodes.getAsInt();
    }
}
