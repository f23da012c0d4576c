package dev.gapless.core.reading;

import dev.gapless.core.Epoch;
import dev.gapless.core.delivery.RunPart;
import dev.gapless.core.log.Slice;

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

    /** Where it leads. */
    PlacePath.Leg leg() {
        return new PlacePath.Leg(slot, epoch, sequence, count());
    }
}
