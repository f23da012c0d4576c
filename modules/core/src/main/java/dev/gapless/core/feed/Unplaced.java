package dev.gapless.core.feed;

import dev.gapless.core.Epoch;
import dev.gapless.core.Position;

/**
 * A position of a token, or of an application's source, that its producer has not answered for yet.
 *
 * @param node the producer's name
 * @param position what is said
 * @param uid the producer's life; 0 if it is not known here: a token says it
 */
public record Unplaced(String node, Position position, long uid) implements Placed {

    /** One of a token. */
    public Unplaced(String node, Position position) {
        this(node, position, 0);
    }

    @Override
    public Epoch epoch() {
        return position.epoch();
    }

    /** Not known. As in most logs: it is asked only whether anything was published before the position. */
    @Override
    public long first() {
        return 1;
    }

    @Override
    public long sequence() {
        return position.sequence();
    }
}
