package dev.gapless.core.reading;

import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.copy.Piece;
import dev.gapless.core.copy.TopicCache;
import dev.gapless.core.place.Generation;
import dev.gapless.core.place.KnownMember;
import dev.gapless.core.place.KnownProducer;
import dev.gapless.core.place.LossGaps;
import dev.gapless.core.place.Next;
import dev.gapless.core.place.Places;
import dev.gapless.core.place.ProducerPlace;
import dev.gapless.core.place.Producers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One look at a topic's producers for one subscription. It decides nothing that lasts, and changes nothing. */
final class Look {
    private final Producers producers;
    private final Places places;
    private final Past past;
    private final TopicCache cache;

    /** What it found to be given. */
    sealed interface Turn {
        int slot();

        /** The name of the producer. */
        default String name(Producers producers) {
            KnownProducer producer = producers.get(slot());
            return producer == null ? Gap.NOBODY : producer.name();
        }

        /**
         * Messages of a piece, from this sequence on.
         *
         * @param piece that has it
         */
        record Give(int slot, Generation generation, Piece piece, long sequence) implements Turn {}

        /** A producer left in good order, and everything of it was given. */
        record Left(int slot, Generation generation) implements Turn {}
    }

    Look(Producers producers, Places places, Past past, TopicCache cache) {
        this.producers = producers;
        this.places = places;
        this.past = past;
        this.cache = cache;
    }

    /**
     * Where the subscription stands in that slot's producer; null if it has no place. What it has read of a member is not known that its token should
     * list, and does not.
     */
    @Nullable ProducerPlace place(int slot) {
        ProducerPlace place = places.get(slot);
        KnownMember host = place == null ? producers.host(slot) : null;
        return host != null && past.lists(host) ? ProducerPlace.UNKNOWN : place;
    }

    /** What comes next of that slot's producer. */
    Next next(int slot, KnownProducer producer) {
        return producer.next(
                place(slot),
                generation -> past.passes(slot, generation),
                this::isTold,
                (epoch, sequence) -> cache.find(epoch, sequence) != null);
    }

    /** In front of the present generation, if everything before it is passed; else null. For a slot without a place. */
    ProducerPlace.@Nullable At front(int slot) {
        KnownProducer producer = producers.get(slot);
        if (producer == null || producer.copy() == null) {
            return null;
        }
        Next next = next(slot, producer);
        Generation present = producer.generations().get(producer.generations().size() - 1);
        boolean isFront = next == Next.LEVEL
                || (next instanceof Next.Message message && message.generation().equals(present))
                || (next instanceof Next.Fetch fetch && fetch.generation().equals(present));
        return isFront ? new ProducerPlace.At(present.epoch(), 0) : null;
    }

    /** Up to which of the log's numbers it has read of that slot's producer; -1 if nobody can say. */
    long readUpTo(int slot, KnownProducer producer) {
        return producer.readUpTo(place(slot), generation -> past.passes(slot, generation), this::isTold);
    }

    /** Does it lack that message of that slot's producer? */
    boolean lacks(int slot, KnownProducer producer, Epoch epoch, long sequence) {
        return producer.lacks(place(slot), generation -> past.passes(slot, generation), epoch, sequence);
    }

    /** Was it told as lost while its member went by an address? */
    boolean isTold(Generation generation) {
        int slot = producers.addressSlot(generation.uid());
        return slot >= 0
                && places.get(slot) instanceof ProducerPlace.At at
                && at.mark() == ProducerPlace.Mark.END
                && at.epoch().equals(generation.epoch());
    }

    /** What it found over all producers. Losses are told before anything is given; what is wanted has to be fetched or found. */
    record All(List<Loss> losses, List<Want> wants) {
        static final All NOTHING = new All(List.of(), List.of());
    }

    /** Looks at all producers. */
    All all() {
        List<Loss> losses = new ArrayList<>();
        List<Want> wants = new ArrayList<>();
        for (int slot = 0; slot < producers.slots(); slot++) {
            KnownProducer producer = producers.get(slot);
            Next next = producer == null ? Next.LEVEL : next(slot, producer);
            if (producer != null && next instanceof Next.Lost lost) {
                losses.add(loss(slot, producer, lost));
            } else if (next instanceof Next.Fetch || next instanceof Next.Find) {
                wants.add(new Want(slot, next));
            }
        }
        return new All(losses, wants);
    }

    private Loss loss(int slot, KnownProducer producer, Next.Lost lost) {
        ProducerPlace to = lead(slot, producer, lost);
        return new Loss(
                slot,
                to,
                producer.lastEvent(),
                LossGaps.of(producer, place(slot), to, generation -> past.passes(slot, generation), this::isTold));
    }

    /** Where a loss leads. */
    ProducerPlace lead(int slot, KnownProducer producer, Next.Lost lost) {
        ProducerPlace place = place(slot);
        return producer.lead(
                place instanceof ProducerPlace.Stated stated ? base(stated, producer) : place, lost.reason());
    }

    /** Where a subscription stands whose application stated a position that its producer never had. */
    private static @Nullable ProducerPlace base(ProducerPlace.Stated stated, KnownProducer producer) {
        Position position = stated.position();
        return producer.generation(position.epoch()) != null
                ? stated.base()
                : new ProducerPlace.At(position.epoch(), position.sequence()); // nobody can say how far that came
    }

    /** What is given next: of several producers that which came first to this node. Null if nothing is there. */
    @Nullable Turn first() {
        Turn first = null;
        long arrival = Long.MAX_VALUE;
        for (int slot = 0; slot < producers.slots(); slot++) {
            KnownProducer producer = producers.get(slot);
            Next next = producer == null ? Next.LEVEL : next(slot, producer);
            if (next instanceof Next.Left left) {
                return new Turn.Left(slot, left.generation());
            }
            if (next instanceof Next.Message message) {
                Piece piece = cache.find(message.generation().epoch(), message.sequence());
                if (piece != null && piece.arrival() < arrival) { // else it went meanwhile
                    arrival = piece.arrival();
                    first = new Turn.Give(slot, message.generation(), piece, message.sequence());
                }
            }
        }
        return first;
    }
}
