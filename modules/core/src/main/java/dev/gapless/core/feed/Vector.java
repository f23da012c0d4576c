package dev.gapless.core.feed;

import dev.gapless.core.Epoch;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * V, where a subscription stands: a place for each stream, by its epoch, and how many notices of no stream it has passed. What it does not
 * list it reads from the first message. Immutable.
 */
public final class Vector {
    public static final Vector EMPTY = new Vector(Map.of(), 0);

    private final Map<Epoch, Place> places;
    private final long notices;

    private Vector(Map<Epoch, Place> places, long notices) {
        this.places = places;
        this.notices = notices;
    }

    public static Vector of(Map<Epoch, Place> places) {
        return places.isEmpty() ? EMPTY : new Vector(new HashMap<>(places), 0);
    }

    /** How often it was told that something is missing of which nobody knows whose it is. */
    public long notices() {
        return notices;
    }

    /** The same, once it was told so often. */
    public Vector passing(long more) {
        return more == notices ? this : new Vector(places, more);
    }

    public @Nullable Place get(Stream stream) {
        return places.get(stream.epoch());
    }

    public @Nullable Place get(Epoch epoch) {
        return places.get(epoch);
    }

    /** Up to where everything was given or told: of a stream that is not listed nothing was. */
    public long sequence(Stream stream) {
        Place place = places.get(stream.epoch());
        return place == null ? 0 : place.sequence();
    }

    /** Has the stream come to its end? */
    public boolean isOver(Stream stream) {
        Place place = places.get(stream.epoch());
        return place != null && place.over();
    }

    public boolean isEmpty() {
        return places.isEmpty();
    }

    /** In no order. An unmodifiable view. */
    public Collection<Place> places() {
        return Collections.unmodifiableCollection(places.values());
    }

    public Vector with(Place place) {
        return with(Map.of(place.stream().epoch(), place));
    }

    public Vector with(Map<Epoch, Place> changed) {
        if (changed.isEmpty()) {
            return this;
        }
        Map<Epoch, Place> copy = new HashMap<>(places);
        copy.putAll(changed);
        return new Vector(copy, notices);
    }

    /** Without these. */
    public Vector without(Predicate<Place> which) {
        if (places.values().stream().noneMatch(which)) {
            return this;
        }
        Map<Epoch, Place> copy = new HashMap<>(places);
        copy.values().removeIf(which);
        return new Vector(copy, notices);
    }

    @Override
    public String toString() {
        return places.values() + (notices == 0 ? "" : " " + notices);
    }
}
