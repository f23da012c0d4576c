package dev.gapless.core.feed;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A position for each producer, by the name of its node. Immutable. */
public final class Vector {
    public static final Vector EMPTY = new Vector(Map.of());

    private final Map<String, Placed> positions;

    private Vector(Map<String, Placed> positions) {
        this.positions = positions;
    }

    public static Vector of(Map<String, Placed> positions) {
        return new Vector(new HashMap<>(positions));
    }

    public @Nullable Placed get(String node) {
        return positions.get(node);
    }

    /** An unmodifiable view. */
    public Map<String, Placed> positions() {
        return Collections.unmodifiableMap(positions);
    }

    public Vector with(String node, Placed position) {
        return with(Map.of(node, position));
    }

    public Vector with(Map<String, Placed> changed) {
        Map<String, Placed> copy = new HashMap<>(positions);
        copy.putAll(changed);
        return new Vector(copy);
    }

    /** The producers whose stream is over here. */
    public Set<String> ends() {
        Set<String> ends = new HashSet<>();
        positions.forEach((node, position) -> {
            if (position.era().isEnd()) {
                ends.add(node);
            }
        });
        return ends;
    }

    /** Without those whose stream is over, but for these and those. */
    public Vector withoutEndsBut(Set<String> some, Set<String> others) {
        Map<String, Placed> copy = new HashMap<>(positions);
        copy.entrySet()
                .removeIf(
                        e -> e.getValue().era().isEnd() && !some.contains(e.getKey()) && !others.contains(e.getKey()));
        return copy.size() == positions.size() ? this : new Vector(copy);
    }

    @Override
    public String toString() {
        return positions.toString();
    }
}
