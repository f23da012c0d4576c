package dev.gapless.core.reading;

import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import dev.gapless.core.place.Generation;
import dev.gapless.core.place.KnownProducer;
import dev.gapless.core.place.Next;
import dev.gapless.core.place.Places;
import dev.gapless.core.place.ProducerPlace;
import dev.gapless.core.place.Producers;
import java.util.List;
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
        return reads() ? readUpTo(slot, here.now()) : -1;
    }

    private boolean reads() {
        return here.anything() == null
                && !(here.phase() instanceof ReadingPhase.Reloading)
                && !(here.phase() instanceof ReadingPhase.Opening);
    }

    /** The same for who keeps messages for it: one that reloads, or is about to, goes on where its loss leads. */
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
        Producers producers = topic.producers();
        KnownProducer producer = producers.get(slot);
        if (producer == null) {
            return -1;
        }
        Look look = new Look(producers, places, here.past(), topic.cache());
        return look.next(slot, producer) instanceof Next.Lost lost
                ? readUpTo(slot, places.with(slot, look.lead(slot, producer, lost)))
                : look.readUpTo(slot, producer);
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

    /** Is it somewhere in a producer that nobody here knows, and waits for somebody who does? */
    public boolean waitsForProducer() {
        Places places = here.now();
        Producers producers = topic.producers();
        Look look = new Look(producers, places, here.past(), topic.cache());
        for (int slot = 0; slot < places.slots(); slot++) {
            KnownProducer producer = producers.get(slot);
            if (producer != null
                    && producer.presence() != KnownProducer.Presence.GONE
                    && isUnknown(look.place(slot), producer)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isUnknown(@Nullable ProducerPlace place, KnownProducer producer) {
        return place instanceof ProducerPlace.Stated
                || (place instanceof ProducerPlace.At at && producer.generation(at.epoch()) == null);
    }

    /** Is it where an application says, and no log has said whether that ever was? */
    public boolean claims() {
        Places places = here.now();
        Look look = new Look(topic.producers(), places, here.past(), topic.cache());
        for (int slot = 0; slot < places.slots(); slot++) {
            if (look.place(slot) instanceof ProducerPlace.Stated) {
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

    /** May it have to do with whoever is in that slot? */
    public boolean uses(int slot) {
        if (here.anything() != null
                || here.places().get(slot) != null
                || here.now().get(slot) != null) {
            return true;
        }
        boolean isGiven = here.run().path().legs().stream().anyMatch(leg -> leg.slot() == slot);
        boolean isLost = here.phase() instanceof ReadingPhase.Reloading reloading
                && reloading.losses().stream().anyMatch(loss -> loss.slot() == slot);
        return isGiven || isLost;
    }

    /** Has it passed something of whoever is in that slot, without a place there? */
    public boolean remembers(int slot) {
        return here.past().told().containsKey(slot);
    }

    /** Has it nothing to do with that generation any more? */
    public boolean isBehind(int slot, KnownProducer producer, Generation generation) {
        return reads()
                && producer.isBehind(
                        here.now().get(slot), its -> here.past().passes(topic.producers(), slot, its), generation);
    }

    /** A generation of that slot's producer is forgotten, which it {@link #isBehind}: what follows for it; null if nothing does. */
    public @Nullable Change forgetting(Producers producers, int slot, KnownProducer producer, Generation generation) {
        if (!(here.now().get(slot) instanceof ProducerPlace.At at)
                || !at.epoch().equals(generation.epoch())) {
            return null;
        }
        Look look = new Look(producers, here.now(), here.past(), topic.cache());
        List<Generation> all = producer.generations();
        Epoch after = null;
        for (Generation later : all.subList(producer.index(generation.epoch()) + 1, all.size())) {
            if (after == null && !look.isTold(later)) {
                after = later.epoch();
            }
        }
        Generation.Removal removed = generation.removed();
        return new Change.Forgotten(slot, at.epoch(), after, removed == null ? 0 : removed.event());
    }
}
