package dev.gapless.core.feed;

import dev.gapless.core.Position;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A position that can be compared with every other one of the same producer on this node.
 *
 * @param era the stretch it lies in
 * @param sequence the sequence there; behind an open end it does not count
 */
public record Placed(Era era, long sequence) implements Comparable<Placed> {

    @Override
    public int compareTo(Placed other) {
        int eras = Long.compare(era.number(), other.era.number());
        return eras != 0 || era.isEnd() ? eras : Long.compare(sequence, other.sequence);
    }

    public boolean isBeyond(@Nullable Placed other) {
        return other == null || compareTo(other) > 0;
    }

    /**
     * The same position, if its producer answers in this era for it: then it lies there, also behind an end at which it was taken
     * for lost.
     */
    public Placed goesOn(Era answered) {
        boolean answers = (!era.isPlaced() || era.isEnd())
                && !answered.isEnd()
                && answered.number() > era.number()
                && Objects.equals(era.epoch(), answered.epoch());
        return answers ? new Placed(answered, sequence) : this;
    }

    /** The position without its place; null if the producer never answered. */
    public @Nullable Position position() {
        return era.epoch() == null ? null : new Position(era.epoch(), sequence);
    }
}
