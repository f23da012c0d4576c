package dev.gapless.core.reading;

import dev.gapless.core.delivery.Standpoint;
import dev.gapless.core.place.Places;
import dev.gapless.core.place.Producers;

/**
 * Where a subscription stood, and what was known then.
 *
 * @param before in front of a run
 * @param path of the run
 * @param handled so many messages of it are done with
 * @param producers read after the places: of what came since a token says that it is still to come
 * @param mayMiss may it have missed anything, and has not been told?
 */
record PlaceStandpoint(Places before, PlacePath path, int handled, Past past, Producers producers, boolean mayMiss)
        implements Standpoint {
    /** In front of where it begins: its token is the one that it resumes. */
    record NotBegun() implements Standpoint {
        static final NotBegun INSTANCE = new NotBegun();

        @Override
        public Standpoint after(int messages) {
            return this;
        }
    }

    @Override
    public Standpoint after(int messages) {
        return new PlaceStandpoint(before, path, handled + messages, past, producers, mayMiss);
    }

    /** The same, where so many messages of the run are done with. */
    PlaceStandpoint behind(int messages) {
        return new PlaceStandpoint(before, path, messages, past, producers, mayMiss);
    }

    /** The places there. */
    Places places() {
        return path.behind(handled, before);
    }

    /** Without what was known then, which is long. */
    @Override
    public String toString() {
        return places() + (mayMiss ? ", and may have missed anything" : "");
    }
}
