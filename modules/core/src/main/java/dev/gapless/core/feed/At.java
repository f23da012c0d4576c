package dev.gapless.core.feed;

import dev.gapless.core.Epoch;
import dev.gapless.core.Position;

/**
 * A position in a stretch of messages.
 *
 * @param era the stretch
 * @param sequence the last message that lies before it
 */
public record At(Era era, long sequence) implements Placed {

    @Override
    public String node() {
        return era.node();
    }

    @Override
    public Epoch epoch() {
        return era.epoch();
    }

    @Override
    public long first() {
        return era.first();
    }

    @Override
    public long uid() {
        return era.uid();
    }

    @Override
    public Position position() {
        return new Position(era.epoch(), sequence);
    }
}
