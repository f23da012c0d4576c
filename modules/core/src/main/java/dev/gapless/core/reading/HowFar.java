package dev.gapless.core.reading;

import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import dev.gapless.core.place.KnownProducer;
import dev.gapless.core.place.Places;
import dev.gapless.core.place.ProducerPlace;
import dev.gapless.core.place.Producers;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How far a subscription is, for its consumer, which grants producers room by it. Immutable; what it says is of the moment when it was made. */
public final class HowFar {
    private final PlaceStanding here;
    private final SharedTopic topic;

    HowFar(PlaceStanding here, SharedTopic topic) {
        this.here = here;
        this.topic = topic;
    }

    /** Up to which number it has read of the log of that slot's producer; -1 if it does not read now, or nobody can say. */
    public long readUpTo(int slot) {
        boolean reads = here.anything() == null
                && !(here.phase() instanceof ReadingPhase.Reloading)
                && !(here.phase() instanceof ReadingPhase.Opening);
        return reads ? readUpTo(slot, here.now()) : -1;
    }

    /** The same for who keeps messages for it: one that reloads goes on where its loss leads. */
    public long waitedForFrom(int slot) {
        if (here.anything() != null || here.phase() instanceof ReadingPhase.Opening) {
            return -1;
        }
        Places places = here.now();
        if (here.phase() instanceof ReadingPhase.Reloading reloading) {
            for (Loss loss : reloading.losses()) {
                places = loss.slot() == slot ? places.with(slot, loss.to()) : places;
            }
        }
        return readUpTo(slot, places);
    }

    private long readUpTo(int slot, Places places) {
        Producers producers = topic.producers();
        KnownProducer producer = producers.get(slot);
        return producer == null ? -1 : new Look(producers, places, here.past(), topic.cache()).readUpTo(slot, producer);
    }

    /** Does it lack that message? One that reloads stands in front of what it has lost. */
    public boolean lacks(int slot, Epoch epoch, long sequence) {
        Producers producers = topic.producers();
        KnownProducer producer = producers.get(slot);
        return producer != null
                && new Look(producers, here.now(), here.past(), topic.cache()).lacks(slot, producer, epoch, sequence);
    }

    /**
     * A log says whether it ever was at a position: what follows for this one; null if it does not stand there.
     *
     * @param has was it there?
     */
    public @Nullable Change found(Producers producers, int slot, Position position, boolean has) {
        ProducerPlace place = here.now().get(slot);
        KnownProducer producer = producers.get(slot);
        if (producer == null) {
            return null;
        }
        if (place instanceof ProducerPlace.Stated stated && stated.position().equals(position)) {
            ProducerPlace base = stated.base();
            ProducerPlace.At at = new ProducerPlace.At(position.epoch(), position.sequence());
            ProducerPlace never = base instanceof ProducerPlace.At known
                    ? known.marked(ProducerPlace.Mark.TOLD)
                    : producer.generation(at.epoch()) == null
                            ? at
                            : ProducerPlace.UNKNOWN; // another stream is missed, too
            ProducerPlace there = base instanceof ProducerPlace.At known ? producer.later(at, known) : at;
            return new Change.FoundAt(slot, stated, has ? there : never);
        }
        boolean isLost = place instanceof ProducerPlace.At at
                && !has
                && at.mark() == ProducerPlace.Mark.TOLD
                && at.epoch().equals(position.epoch())
                && at.sequence() == position.sequence();
        return isLost ? new Change.FoundAt(slot, Objects.requireNonNull(place), ProducerPlace.UNKNOWN) : null;
    }

    /** Is it where an application says, and no log has said whether that ever was? */
    public boolean claims() {
        Places places = here.now();
        for (int slot = 0; slot < places.slots(); slot++) {
            if (places.get(slot) instanceof ProducerPlace.Stated) {
                return true;
            }
        }
        return false;
    }

    /** Rises with all that it reads. */
    public long messages() {
        Places places = here.now();
        long sum = 0;
        for (int slot = 0; slot < places.slots(); slot++) {
            sum += places.get(slot) instanceof ProducerPlace.At at ? at.sequence() + 1 : 0;
        }
        return sum;
    }

    /** Has it a place in that slot's producer? */
    public boolean isSomewhere(int slot) {
        ProducerPlace place = here.now().get(slot);
        return place instanceof ProducerPlace.At || place instanceof ProducerPlace.Stated;
    }
}
