package dev.gapless.core.reading;

import dev.gapless.core.place.AddressSlot;
import dev.gapless.core.place.KnownProducer;
import dev.gapless.core.place.Places;
import dev.gapless.core.place.ProducerPlace;
import dev.gapless.core.place.Producers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a subscription stands, and what it does. Immutable, but for how much of the run is done with.
 *
 * @param places in front of the run
 * @param run what it was given last
 * @param anything if it is to be told that anything may be missed, the slots of members without a name; else null
 * @param announced how often it was said that anything may be missed
 * @param looked {@link SharedTopic#changes} when nothing was found to be done; -1 if there may be something
 */
record PlaceStanding(
        Places places,
        Past past,
        ReadingPhase phase,
        PlaceRun run,
        @Nullable List<Integer> anything,
        int announced,
        long looked) {
    static final PlaceStanding FIRST =
            new PlaceStanding(Places.NONE, Past.opened(0), ReadingPhase.OPENING, PlaceRun.NONE, null, 0, -1);

    /** The places behind what is done with. */
    Places now() {
        return run.path().behind(run.handled(), places);
    }

    /** The same, where what was given is done with as far as that was said. */
    PlaceStanding done() {
        int handled = run.handled();
        return run.isEmpty()
                ? this
                : new PlaceStanding(
                        run.path().behind(handled, places), past, phase, PlaceRun.NONE, anything, announced, -1);
    }

    /** The same, with that place. */
    PlaceStanding at(int slot, ProducerPlace place) {
        return new PlaceStanding(places.with(slot, place), past, phase, run, anything, announced, -1);
    }

    PlaceStanding at(Places other) {
        return new PlaceStanding(other, past, phase, run, anything, announced, -1);
    }

    PlaceStanding withPast(Past other) {
        return new PlaceStanding(places, other, phase, run, anything, announced, -1);
    }

    /** The same, which is to be told that anything may be missed. */
    PlaceStanding missing(List<Integer> all) {
        return new PlaceStanding(places, past, phase, run, all, announced + 1, -1);
    }

    /** The same, which has been told that. */
    PlaceStanding told() {
        return new PlaceStanding(places, past, phase, run, null, announced, -1);
    }

    PlaceStanding doing(ReadingPhase other) {
        return new PlaceStanding(places, past, other, run, anything, announced, -1);
    }

    PlaceStanding giving(PlaceRun messages) {
        return new PlaceStanding(places, past, ReadingPhase.READING, messages, anything, announced, -1);
    }

    /** The same, which has nothing to do until something changes. */
    PlaceStanding idle(long changes) {
        return new PlaceStanding(places, past, ReadingPhase.READING, run, anything, announced, changes);
    }

    /** May it have missed anything, and has not reloaded since? */
    boolean mayMissAnything() {
        return anything != null || (phase instanceof ReadingPhase.Reloading reloading && reloading.past() != null);
    }

    /** The reload that is under way. */
    ReadingPhase.Reloading underWay() {
        if (phase instanceof ReadingPhase.Reloading reloading) {
            return reloading;
        }
        throw new IllegalStateException("No reload is under way");
    }

    /** The same, where the reload has succeeded: the places move to where what was lost leads. */
    PlaceStanding reloaded(Producers producers) {
        ReadingPhase.Reloading reloading = underWay();
        Places led = places.without(reloading.beside());
        Past passed = reloading.past() == null ? past : reloading.past();
        for (Loss loss : reloading.losses()) {
            led = led.with(loss.slot(), loss.to());
            if (isToldUnheard(loss.to(), producers.get(loss.slot()))) {
                passed = passed.told(loss.slot(), loss.lastEvent());
            }
            AddressSlot address = producers.atAddress(loss.slot());
            if (address != null && address.named() >= 0) { // its name was said meanwhile
                led = Naming.of(led, address, producers.get(address.named()), passed);
            }
        }
        return at(led).withPast(passed).doing(ReadingPhase.READING);
    }

    /** Was it told as lost where nobody here had heard of it? */
    private static boolean isToldUnheard(ProducerPlace to, @Nullable KnownProducer producer) {
        return to instanceof ProducerPlace.ToldUnseen
                || (to instanceof ProducerPlace.At at
                        && at.mark() == ProducerPlace.Mark.TOLD
                        && (producer == null || producer.generation(at.epoch()) == null));
    }
}
