package dev.gapless.core.reading;

import dev.gapless.core.Epoch;
import dev.gapless.core.delivery.RunPart;
import dev.gapless.core.log.Slice;
import dev.gapless.core.place.Places;
import dev.gapless.core.place.ProducerPlace;

/**
 * Messages of one producer in a run.
 *
 * @param sequence of the first
 */
record GivenPart(int slot, String node, Epoch epoch, long sequence, Slice slice) implements RunPart {
    @Override
    public int count() {
        return slice.count();
    }

    /** These places, behind the first so many of its messages, of which there is one at least. */
    Places behind(int messages, Places places) {
        return places.with(slot, new ProducerPlace.At(epoch, sequence + messages - 1));
    }
}
