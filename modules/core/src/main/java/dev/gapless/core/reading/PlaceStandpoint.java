package dev.gapless.core.reading;

import dev.gapless.core.delivery.Standpoint;
import dev.gapless.core.place.Places;

/**
 * Where a subscription stood.
 *
 * @param before in front of the run
 * @param handled so many messages of it are done with
 */
record PlaceStandpoint(Places before, PlaceRun run, int handled) implements Standpoint {
    @Override
    public Standpoint after(int messages) {
        return new PlaceStandpoint(before, run, handled + messages);
    }

    /** The places there. */
    Places places() {
        return run.behind(handled, before);
    }
}
