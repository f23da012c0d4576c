package dev.gapless.core.feed;

import dev.gapless.core.Epoch;
import dev.gapless.core.Position;

/**
 * A position of a token that its producer has not answered for yet.
 *
 * @param node the producer's name
 * @param position what the token says
 */
public record Unplaced(String node, Position position) implements Placed {

    @Override
    public Epoch epoch() {
        return position.epoch();
    }

    /** Not known. As in most logs: it is asked only whether anything was published before the position. */
    @Override
    public long first() {
        return 1;
    }

    /** Not known here: the token says it. */
    @Override
    public long uid() {
        return 0;
    }

    @Override
    public long sequence() {
        return position.sequence();
    }
}
