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
import java.util.BitSet;
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
        KnownProducer producer = place instanceof ProducerPlace.Stated ? producers.get(slot) : null;
        if (producer != null && place instanceof ProducerPlace.Stated stated) {
            Position position = stated.position();
            // A log that lacks its generation cannot say whether it was there; this node has heard of it.
            return producer.hasLost(position) ? new ProducerPlace.At(position.epoch(), position.sequence()) : stated;
        }
        KnownMember host = place == null ? producers.host(slot) : null;
        return host != null && past.lists(host) ? ProducerPlace.UNKNOWN : place;
    }

    /** What comes next of that slot's producer. Who stands in what a member has that has not said its name waits until it does. */
    Next next(int slot, KnownProducer producer) {
        ProducerPlace place = place(slot);
        boolean isNameless = place instanceof ProducerPlace.At at
                && producer.generation(at.epoch()) == null
                && producers.isNameless(at.epoch());
        return isNameless ? Next.WAIT : producer.next(place, passed(slot), this::isTold, this::isCached);
    }

    /** What it has passed of that slot's producer, without a place there. */
    private KnownProducer.Passes passed(int slot) {
        return generation -> past.passes(producers, slot, generation);
    }

    private boolean isCached(Epoch epoch, long sequence) {
        return cache.find(epoch, sequence) != null;
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
        return producer.readUpTo(place(slot), passed(slot), this::isTold, this::isCached);
    }

    /** Does it lack that message of that slot's producer? */
    boolean lacks(int slot, KnownProducer producer, Epoch epoch, long sequence) {
        return producer.lacks(place(slot), passed(slot), epoch, sequence);
    }

    /** Was it told as lost while its member went by an address? */
    boolean isTold(Generation generation) {
        int slot = producers.addressSlot(generation.uid());
        return slot >= 0
                && places.get(slot) instanceof ProducerPlace.At at
                && at.mark() == ProducerPlace.Mark.END
                && at.epoch().equals(generation.epoch());
    }

    /**
     * What it found over all producers. Losses are told before anything is given; what is wanted has to be fetched or found.
     *
     * @param turns what can be given, of each producer that has something
     */
    record All(List<Loss> losses, List<Want> wants, List<Turn> turns) {
        static final All NOTHING = new All(List.of(), List.of(), List.of());
    }

    /** Looks at all producers. */
    All all() {
        return all(null);
    }

    /**
     * Looks at these producers.
     *
     * @param slots theirs; null for all
     */
    All all(@Nullable BitSet slots) {
        List<Loss> losses = new ArrayList<>(0);
        List<Want> wants = new ArrayList<>(0);
        List<Turn> turns = new ArrayList<>(1);
        int slot = slots == null ? 0 : slots.nextSetBit(0);
        for (; slot >= 0 && slot < producers.slots(); slot = slots == null ? slot + 1 : slots.nextSetBit(slot + 1)) {
            KnownProducer producer = producers.get(slot);
            if (producer == null || isLevel(slot, producer)) {
                continue;
            }
            Next next = next(slot, producer);
            if (next instanceof Next.Lost lost) {
                losses.add(loss(slot, producer, lost));
            } else if (next instanceof Next.Fetch || next instanceof Next.Find) {
                wants.add(new Want(slot, next));
            } else {
                Turn turn = turn(slot, next);
                if (turn != null) {
                    turns.add(turn);
                }
            }
        }
        return new All(losses, wants, turns);
    }

    private Loss loss(int slot, KnownProducer producer, Next.Lost lost) {
        ProducerPlace to = lead(slot, producer, lost);
        return new Loss(
                slot,
                to,
                producer.lastEvent(),
                LossGaps.of(producer, place(slot), to, passed(slot), this::isTold, past::mayHaveRead));
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

    /** What can be given of that slot's producer; null if nothing can. */
    @Nullable Turn turn(int slot) {
        KnownProducer producer = producers.get(slot);
        return producer == null || isLevel(slot, producer) ? null : turn(slot, next(slot, producer));
    }

    /** Is that clear at a glance? */
    private boolean isLevel(int slot, KnownProducer producer) {
        ProducerPlace place = places.get(slot);
        return producer.isLevel(place) && (place != null || producers.host(slot) == null);
    }

    /** Which of these goes first: a producer that left, or the messages that came first to this node. Null if there is none. */
    static @Nullable Turn first(List<Turn> turns) {
        Turn.Give first = null;
        for (Turn turn : turns) {
            if (!(turn instanceof Turn.Give give)) {
                return turn;
            }
            first = first == null || give.piece().arrival() < first.piece().arrival() ? give : first;
        }
        return first;
    }

    private @Nullable Turn turn(int slot, Next next) {
        if (next instanceof Next.Left left) {
            return new Turn.Left(slot, left.generation());
        }
        if (!(next instanceof Next.Message message)) {
            return null;
        }
        Piece piece = cache.find(message.generation().epoch(), message.sequence());
        return piece == null // it went meanwhile
                ? null
                : new Turn.Give(slot, message.generation(), piece, message.sequence());
    }
}
