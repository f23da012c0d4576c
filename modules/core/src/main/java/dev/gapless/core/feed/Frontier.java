package dev.gapless.core.feed;

import dev.gapless.core.Epoch;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The frontier, where a subscription stands: a place for each stream, by its epoch, and how many notices of no stream it has passed. What it does not
 * list it reads from the first message. Immutable.
 */
public final class Frontier {
    public static final Frontier EMPTY = new Frontier(Map.of(), 0, false);

    private final Map<Epoch, Place> places;
    private final long notices;
    private final boolean mayHaveEnded;

    private Frontier(Map<Epoch, Place> places, long notices, boolean mayHaveEnded) {
        this.places = places;
        this.notices = notices;
        this.mayHaveEnded = mayHaveEnded;
    }

    public static Frontier of(Map<Epoch, Place> places) {
        return EMPTY.with(places);
    }

    /** How often it was told that something is missing of which nobody knows whose it is. */
    public long notices() {
        return notices;
    }

    /** The same, once it was told so often. */
    public Frontier passing(long more) {
        return more == notices ? this : new Frontier(places, more, mayHaveEnded);
    }

    public @Nullable Place get(Stream stream) {
        return places.get(stream.epoch());
    }

    public @Nullable Place get(Epoch epoch) {
        return places.get(epoch);
    }

    /** Up to where everything was given or announced: of a stream that is not listed nothing was. */
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

    /** May a place be over? Costs nothing. */
    public boolean mayHaveEnded() {
        return mayHaveEnded;
    }

    /** In no order. An unmodifiable view. */
    public Collection<Place> places() {
        return Collections.unmodifiableCollection(places.values());
    }

    /**
     * The same for whoever goes on elsewhere. As long as a node has not said where its own stream begins, its log may have earlier ones yet
     * that are over for everybody else: there nobody would come to those, or say so.
     */
    public Frontier elsewhere() {
        if (!mayHaveEnded) {
            return this;
        }
        Map<Epoch, Place> unknown = new HashMap<>();
        for (Place place : places.values()) {
            if (place.isOverUnlessStored() && awaits(place.stream().node())) {
                unknown.put(place.stream().epoch(), Place.at(place.stream(), Place.UNKNOWN));
            }
        }
        return with(unknown);
    }

    private boolean awaits(String node) {
        for (Place place : places.values()) {
            if (!place.over() && !place.isKnown() && place.stream().node().equals(node)) {
                return true;
            }
        }
        return false;
    }

    public Frontier with(Place place) {
        return with(List.of(place));
    }

    public Frontier with(Map<Epoch, Place> changed) {
        return with(changed.values());
    }

    /** With these in the places of those of the same streams, the later ones last. */
    public Frontier with(Collection<Place> changed) {
        if (changed.isEmpty()) {
            return this;
        }
        Map<Epoch, Place> copy = new HashMap<>(places);
        boolean ended = mayHaveEnded;
        for (Place place : changed) {
            copy.put(place.stream().epoch(), place);
            ended |= place.over();
        }
        return new Frontier(copy, notices, ended);
    }

    /** Without these. */
    public Frontier without(Predicate<Place> which) {
        if (places.values().stream().noneMatch(which)) {
            return this;
        }
        Map<Epoch, Place> copy = new HashMap<>(places);
        copy.values().removeIf(which);
        return new Frontier(copy, notices, copy.values().stream().anyMatch(Place::over));
    }

    @Override
    public String toString() {
        return places.values() + (notices == 0 ? "" : " " + notices);
    }
}
