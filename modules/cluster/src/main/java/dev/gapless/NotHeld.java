package dev.gapless;

import dev.gapless.core.Position;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A message was published, and too few nodes are known to have it to give the {@link Receipt} that was asked for. Those that do not have it get it
 * as always, or are told that they missed it: do not publish it again for that.
 */
public final class NotHeld extends RuntimeException {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("serial") // is never serialized
    private final transient Position position;

    @SuppressWarnings("serial")
    private final transient Set<String> nodes;

    @SuppressWarnings("serial")
    private final transient Map<String, String> lacking;

    /**
     * Made by Gapless.
     *
     * @param message what happened
     * @param position of the message
     * @param nodes those that have it
     * @param lacking those that do not, and why
     */
    public NotHeld(String message, Position position, Set<String> nodes, Map<String, String> lacking) {
        super(message);
        this.position = position;
        this.nodes = new TreeSet<>(nodes);
        this.lacking = new TreeMap<>(lacking);
    }

    /** {@return where the message is} */
    public Position position() {
        return position;
    }

    /** {@return the names of the nodes that have it} */
    public Set<String> nodes() {
        return Set.copyOf(nodes);
    }

    /**
     * {@return the nodes that are not known to have it, each with the reason: {@code behind by 812}, {@code silent for 3.2 s},
     * {@code expired} (the ring overtook it, and it was told that it missed messages), {@code removed}, {@code unsubscribed}, or {@code began later}}
     */
    public Map<String, String> lacking() {
        return Map.copyOf(lacking);
    }
}
