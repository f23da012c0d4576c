package dev.gapless.core.reading;

import dev.gapless.core.delivery.Standpoint;
import dev.gapless.core.place.Places;
import dev.gapless.core.place.Producers;

/**
 * Where a subscription stood, and what was known then.
 *
 * @param before in front of the run
 * @param handled so many messages of it are done with
 * @param producers read after the places: of what came since a token says that it is still to come
 * @param mayMiss may it have missed anything, and has not been told?
 */
record PlaceStandpoint(Places before, PlaceRun run, int handled, Past past, Producers producers, boolean mayMiss)
        implements Standpoint {
    @Override
    public Standpoint after(int messages) {
        return new PlaceStandpoint(before, run, handled + messages, past, producers, mayMiss);
    }

    /** The places there. */
    Places places() {
        return run.behind(handled, before);
    }
}
