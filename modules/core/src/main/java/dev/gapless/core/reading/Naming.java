package dev.gapless.core.reading;

import dev.gapless.core.place.Places;
import dev.gapless.core.place.ProducerPlace;

/** What becomes of a place in an incarnation that went by its address, once its name is known. */
final class Naming {
    private Naming() {}

    /** What was told under the address stays told there. Else nobody knows what is missed: its name was not known. */
    static Places of(Places here, int addressSlot, int slot) {
        ProducerPlace place = here.get(addressSlot);
        boolean isTold = place instanceof ProducerPlace.At at && at.mark() == ProducerPlace.Mark.END;
        if (place == null || isTold) {
            return here;
        }
        Places without = here.with(addressSlot, null);
        if (here.get(slot) != null) {
            return without;
        }
        boolean isKnown = place instanceof ProducerPlace.At || place instanceof ProducerPlace.ToldUnseen;
        return without.with(slot, isKnown ? ProducerPlace.UNKNOWN : place);
    }
}
