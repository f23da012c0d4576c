package dev.gapless.core.reading;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import dev.gapless.core.place.End;
import dev.gapless.core.place.Generation;
import dev.gapless.core.place.KnownProducer;
import dev.gapless.core.place.Next;
import dev.gapless.core.place.Places;
import dev.gapless.core.place.ProducerPlace;
import dev.gapless.core.place.Producers;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an application says that its source reflects, which is then not given again (rule S4). Of a stream of which it once said more than there ever was, more
 * than was heard here does not count any more. One thread at a time.
 */
final class Reflections {
    private final Set<Epoch> refused = new HashSet<>(0);

    /** This is said of a subscription that stands there: a position that was stated may be refused. */
    void hear(Change change, PlaceStanding here) {
        if (change instanceof Change.FoundAt found
                && found.stated() instanceof ProducerPlace.Stated stated
                && stated.equals(here.places().get(found.slot()))
                && !isPosition(found.place())) {
            refused.add(stated.position().epoch());
        }
    }

    private static boolean isPosition(ProducerPlace place) {
        return place instanceof ProducerPlace.At at && at.mark() == ProducerPlace.Mark.NONE;
    }

    /** The places, further where the source is further. */
    Places in(CursorToken reflects, PlaceStanding here, SharedTopic topic) {
        Producers producers = topic.producers();
        Places places = here.places();
        for (CursorToken.Entry entry : reflects.entries()) {
            Position position = entry.position();
            int slot = position == null || entry.over() ? -1 : producers.slotOf(entry.node());
            KnownProducer producer = slot < 0 ? null : producers.get(slot);
            if (producer != null && position != null) {
                Look look = new Look(producers, places, here.past(), topic.cache());
                ProducerPlace further = further(look, slot, producer, position);
                places = further == null ? places : places.with(slot, further);
            }
        }
        return places;
    }

    /**
     * The place behind that position; null if the subscription stays where it is: it is as far already, or is to be told something first, or the
     * stream is none that goes on here.
     */
    private @Nullable ProducerPlace further(Look look, int slot, KnownProducer producer, Position position) {
        Generation generation = producer.copy() == null ? null : producer.generation(position.epoch());
        ProducerPlace here = look.place(slot);
        if (generation == null || !generation.inLog() || !isNext(look, slot, producer, position)) {
            return null;
        }
        boolean isOver = generation.end() instanceof End.Stated;
        long last = generation.end() instanceof End.Stated stated ? stated.sequence() : producer.heard(generation);
        if (position.sequence() <= last) {
            return new ProducerPlace.At(position.epoch(), position.sequence());
        }
        return isOver || refused.contains(position.epoch()) ? null : new ProducerPlace.Stated(position, here);
    }

    /** Is all that lies between where it stands and that position in the position's own stream? */
    private static boolean isNext(Look look, int slot, KnownProducer producer, Position position) {
        ProducerPlace here = look.place(slot);
        if (here != null && !isPosition(here)) {
            return false;
        }
        if (here instanceof ProducerPlace.At at && at.epoch().equals(position.epoch())) {
            return position.sequence() > at.sequence();
        }
        Next next = look.next(slot, producer);
        Generation its = next instanceof Next.Message message
                ? message.generation()
                : next instanceof Next.Fetch fetch ? fetch.generation() : null;
        int last = producer.generations().size() - 1;
        return its != null
                ? its.epoch().equals(position.epoch())
                : next == Next.LEVEL && producer.index(position.epoch()) == last;
    }
}
