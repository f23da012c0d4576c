package dev.gapless.core.reading;

import dev.gapless.core.Epoch;
import dev.gapless.core.place.Places;
import dev.gapless.core.place.ProducerPlace;
import java.util.List;

/** Where the messages of a run lead a subscription, without the messages. Immutable. */
record PlacePath(List<Leg> legs) {
    static final PlacePath NONE = new PlacePath(List.of());

    /**
     * Messages of one producer, one after the other.
     *
     * @param sequence of the first
     * @param count how many there are, at least one
     */
    record Leg(int slot, Epoch epoch, long sequence, int count) {
        /** These places, behind the first so many of its messages. */
        Places behind(int messages, Places places) {
            return places.with(slot, new ProducerPlace.At(epoch, sequence + messages - 1));
        }
    }

    PlacePath {
        legs = List.copyOf(legs);
    }

    /** These places, behind the first so many messages of all. */
    Places behind(int messages, Places before) {
        Places places = before;
        int left = messages;
        for (Leg leg : legs) {
            if (left <= 0) {
                break;
            }
            places = leg.behind(Math.min(left, leg.count()), places);
            left -= leg.count();
        }
        return places;
    }
}
