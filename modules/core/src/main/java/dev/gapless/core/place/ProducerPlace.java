package dev.gapless.core.place;

import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import org.jspecify.annotations.Nullable;

/** Where a subscription stands in one producer. A subscription without one reads from the first generation that it has not passed. */
public sealed interface ProducerPlace {
    /** What a place says beside its position. */
    enum Mark {
        NONE,
        /** Everything of the generation is passed, which is over on this node: its loss was told, or its producer left. */
        END,
        /** It was told as lost, on a node on which it was not known to be over: whatever is heard of it later is lost once more. */
        TOLD
    }

    /** In which generation a place is; null if nobody says. */
    static @Nullable Epoch epochOf(ProducerPlace place) {
        return place instanceof At at
                ? at.epoch()
                : place instanceof Stated stated ? stated.position().epoch() : null;
    }

    /**
     * Behind the message with this sequence.
     *
     * @param sequence stays what it was when a mark is set
     */
    record At(Epoch epoch, long sequence, Mark mark) implements ProducerPlace {
        public At(Epoch epoch, long sequence) {
            this(epoch, sequence, Mark.NONE);
        }

        /** The same with a mark. */
        public At marked(Mark other) {
            return new At(epoch, sequence, other);
        }
    }

    /**
     * An application states this position, and its producer has not confirmed it yet.
     *
     * @param base where the subscription stands if the position is none of the producer's
     */
    record Stated(Position position, @Nullable ProducerPlace base) implements ProducerPlace {}

    /**
     * {@code ready()} went on without the answer of that member: if it has published since, something may be missed.
     *
     * @param uid the member
     * @param readyNs when that was, by the clock for durations
     */
    record Unanswered(long uid, long readyNs) implements ProducerPlace {}

    /** The producer was asked for its newest place, and has not answered. */
    record Awaited() implements ProducerPlace {}

    /** Something may be missed, and nobody knows what. */
    record Unknown() implements ProducerPlace {}

    /** Everything that was told as lost by now, of a producer of which nothing was known. */
    record ToldUnseen() implements ProducerPlace {}

    ProducerPlace AWAITED = new Awaited();
    ProducerPlace UNKNOWN = new Unknown();
    ProducerPlace TOLD_UNSEEN = new ToldUnseen();
}
