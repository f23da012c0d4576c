package dev.gapless.core.feed;

import dev.gapless.core.Departure;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
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

    public Vector with(Placed position) {
        return with(Map.of(position.node(), position));
    }

    public Vector with(Map<String, Placed> changed) {
        Map<String, Placed> copy = new HashMap<>(positions);
        copy.putAll(changed);
        return new Vector(copy);
    }

    /** The same, with every end told by the catch-up reader, unless the subscription began after it. */
    public Vector withEndsToldByCatchUp() {
        Map<String, Placed> copy = new HashMap<>(positions);
        copy.replaceAll((node, position) ->
                position instanceof End end && end.toldBy() == End.ToldBy.FEED && !Departure.isAside(node)
                        ? end.toldBy(End.ToldBy.CATCH_UP)
                        : position);
        return new Vector(copy);
    }

    /**
     * The same, where some of these are ends of incarnations that are told of alone, to their last messages: behind those messages, also
     * under the names of their nodes.
     */
    public Vector passing(Map<String, Placed> told) {
        Map<String, Placed> copy = null;
        for (Map.Entry<String, Placed> entry : told.entrySet()) {
            if (Departure.isAside(entry.getKey()) && entry.getValue() instanceof End end) {
                copy = copy == null ? new HashMap<>(positions) : copy;
                copy.replaceAll((node, position) -> end.isSaidOf(position) ? end.inPlaceOf(position) : position);
            }
        }
        return copy == null ? this : new Vector(copy);
    }

    /** The same; whoever is further than this, in the same stretch, is to answer for its position first. */
    public Vector askedBeyond(Vector tails) {
        Map<String, Placed> copy = new HashMap<>(positions);
        copy.replaceAll((node, position) -> {
            Placed tail = tails.get(node);
            return position instanceof At at && isBeyond(at, tail)
                    ? new Unplaced(node, at.position(), at.uid())
                    : position;
        });
        return new Vector(copy);
    }

    /** Is that further than this, in the same stretch of a producer? */
    private static boolean isBeyond(Placed position, @Nullable Placed tail) {
        return position instanceof At && tail instanceof At && position.isLevelWith(tail) && position.isBeyond(tail);
    }

    /** Is any of it further than both of these, in the same stretches? */
    public boolean isBeyond(Vector some, Vector others) {
        return positions.values().stream()
                .anyMatch(at -> isBeyond(at, some.get(at.node())) && isBeyond(at, others.get(at.node())));
    }

    /** Without the ends that the feed told, except those of these producers. */
    public Vector withoutFeedEndsExcept(Set<String> nodes) {
        return without(position ->
                position instanceof End end && end.toldBy() == End.ToldBy.FEED && !nodes.contains(end.node()));
    }

    /** Without the ends that only a token says. */
    public Vector withoutEndsOfToken() {
        return without(position -> position instanceof End end && end.isOfToken());
    }

    private Vector without(Predicate<Placed> isOut) {
        if (positions.values().stream().noneMatch(isOut)) {
            return this;
        }
        Map<String, Placed> copy = new HashMap<>(positions);
        copy.values().removeIf(isOut);
        return new Vector(copy);
    }

    @Override
    public String toString() {
        return positions.toString();
    }
}
