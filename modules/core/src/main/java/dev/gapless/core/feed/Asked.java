package dev.gapless.core.feed;

/** What the feed's reader asks its producers, and has heard of them. */
public interface Asked {
    /** For a stream of which nothing has come: is it asked for what comes behind this place? */
    boolean asks(Place place);

    /** The highest sequence that the producer is known to have had. */
    long head(Stream stream);

    /** For a subscription's own thread, which does not know it. The consumer looks again. */
    Asked ANYTHING = new Asked() {
        @Override
        public boolean asks(Place place) {
            return true;
        }

        @Override
        public long head(Stream stream) {
            return Place.UNKNOWN;
        }
    };
}
