package dev.gapless;

import dev.gapless.core.Position;
import java.util.Set;

/**
 * A message has the {@link Receipt} that was asked for. Immutable.
 *
 * @param position of the message
 * @param nodes the names of the nodes that have it, as far as it is known by now, with that of its producer if it subscribes, too
 */
public record Held(Position position, Set<String> nodes) {
    /**
     * Copies the names.
     *
     * @param position of the message
     * @param nodes the names of the nodes
     */
    public Held {
        nodes = Set.copyOf(nodes);
    }
}
