package dev.gapless.core.reading;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.place.AddressSlot;
import dev.gapless.core.place.KnownProducer;
import dev.gapless.core.place.LossGaps;
import dev.gapless.core.place.Places;
import dev.gapless.core.place.ProducerPlace;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a topic's consumer says to one subscription: where it stands in a producer, as somebody has answered. In the order in which it was said. */
public sealed interface Change {
    /**
     * The subscription begins there.
     *
     * @param anything is it told first that anything may be missed? Else null
     */
    record Begins(Places places, Past past, @Nullable AnythingMissed anything) implements Change {
        public Begins(Places places, Past past) {
            this(places, past, null);
        }
    }

    /**
     * The producer says what its newest place was when it was asked. Counts for a subscription that awaits it, or that went on without it: of
     * that, if nothing was published since.
     *
     * @param uid the member that answered
     * @param quietSinceNs since when nothing was published for certain, by the clock for durations
     */
    record Answered(int slot, ProducerPlace newest, long uid, long quietSinceNs) implements Change {}

    /** The producer says where that is with which the subscription begins. Counts if it awaits that. */
    record BeginsAt(int slot, ProducerPlace place) implements Change {}

    /** Nothing was ever published there: counts for a subscription that may have missed something of it. It is said before it is shown. */
    record NothingThere(int slot, ProducerPlace.At front) implements Change {}

    /** {@code ready()} went on without that producer's answer. Counts for a subscription that awaits it. */
    record WentOn(int slot, ProducerPlace place) implements Change {}

    /**
     * Nobody is there any more who could answer, and all that was published is told as lost, or was over before.
     *
     * @param lastEvent the last removal of one of the producer's generations
     */
    record NobodyAnswers(int slot, long lastEvent) implements Change {}

    /** The producer says whether it ever was at a position that was stated. Counts while the subscription still stands there. */
    record FoundAt(int slot, ProducerPlace stated, ProducerPlace place) implements Change {}

    /**
     * What went by its address has a name.
     *
     * @param producer the one with that name
     */
    record NamedNow(AddressSlot address, @Nullable KnownProducer producer) implements Change {}

    /**
     * Another member came behind that one under its name, and its log lacks what that one had (rule M2). Who stands there is told what is missing of it, and
     * is given all of the log: it has passed the former one under its address.
     *
     * @param addressSlot in which the former one goes by its address
     * @param producer whose log is copied
     */
    record Succeeded(int slot, int addressSlot, long uid, Epoch epoch, KnownProducer producer) implements Change {}

    /**
     * That generation is not known here any more, and the subscription has nothing to do with it. Counts if it stands there.
     *
     * @param after in front of which it stands then; null if there is none, and all that was removed by that event is passed
     */
    record Forgotten(int slot, Epoch epoch, @Nullable Epoch after, long event) implements Change {}

    /** Another producer may get that slot; the subscription has no place there. */
    record Freed(int slot) implements Change {}

    /**
     * Anything may be missed, of whichever producer: the subscription is told so, and goes on at what is the newest of each when it is told. It is
     * said before a history is shown that was announced with it: a token of that history knows all of it.
     *
     * @param namelessMembers {@link Slots#namelessMembers}
     */
    record AnythingMissed(List<Integer> namelessMembers) implements Change {
        public AnythingMissed {
            namelessMembers = List.copyOf(namelessMembers);
        }
    }

    /** Where it stands then. */
    default PlaceStanding appliedTo(PlaceStanding here) {
        if (this instanceof Begins begins) {
            AnythingMissed anything = begins.anything();
            PlaceStanding there =
                    here.at(begins.places()).withPast(begins.past()).doing(ReadingPhase.READING);
            return anything == null ? there : there.missing(anything.namelessMembers());
        } else if (this instanceof Answered answered) {
            return answered(here, answered);
        } else if (this instanceof BeginsAt beginsAt) {
            return awaits(here, beginsAt.slot()) ? here.at(beginsAt.slot(), begin(here, beginsAt.place())) : here;
        } else if (this instanceof NobodyAnswers nobody) {
            return awaits(here, nobody.slot())
                    ? here.at(here.places().with(nobody.slot(), null))
                            .withPast(here.past().told(nobody.slot(), nobody.lastEvent()))
                    : here;
        } else if (this instanceof NothingThere nothing) {
            boolean isUnknown = here.places().get(nothing.slot()) instanceof ProducerPlace.Unknown;
            return isUnknown ? here.at(nothing.slot(), nothing.front()) : here;
        } else if (this instanceof WentOn wentOn) {
            return awaits(here, wentOn.slot()) ? here.at(wentOn.slot(), wentOn.place()) : here;
        } else if (this instanceof FoundAt found) {
            boolean isThere = found.stated().equals(here.places().get(found.slot()));
            return isThere ? here.at(found.slot(), found.place()) : here;
        } else if (this instanceof NamedNow named) {
            return here.at(Naming.of(here.places(), named.address(), named.producer(), here.past()));
        } else if (this instanceof Succeeded succeeded) {
            return succeeded(here, succeeded);
        } else if (this instanceof Forgotten forgotten) {
            return forgotten(here, forgotten);
        } else if (this instanceof Freed freed) {
            return here.withPast(here.past().without(freed.slot()));
        }
        return here.missing(((AnythingMissed) this).namelessMembers());
    }

    /** Where it begins: behind a generation that it was told as lost under an address. */
    private static ProducerPlace begin(PlaceStanding here, ProducerPlace begin) {
        for (int slot = 0; slot < here.places().slots(); slot++) {
            if (begin instanceof ProducerPlace.At in
                    && here.places().get(slot) instanceof ProducerPlace.At told
                    && told.mark() == ProducerPlace.Mark.END
                    && told.epoch().equals(in.epoch())) {
                return told;
            }
        }
        return begin;
    }

    private static PlaceStanding succeeded(PlaceStanding here, Succeeded change) {
        ProducerPlace place = here.places().get(change.slot());
        if (!(place instanceof ProducerPlace.At at) || !at.epoch().equals(change.epoch())) {
            return here;
        }
        boolean isOver = at.mark() == ProducerPlace.Mark.END;
        // What was told as lost may have gone on since.
        long sequence = at.mark() == ProducerPlace.Mark.TOLD ? CursorToken.Entry.UNKNOWN : at.sequence();
        KnownProducer producer = change.producer();
        Places without =
                here.places().with(change.slot(), null).with(change.addressSlot(), at.marked(ProducerPlace.Mark.END));
        CursorToken.Entry stood = new CursorToken.Entry(producer.name(), change.uid(), at.epoch(), sequence, isOver);
        return here.at(isOver ? without : without.with(LossGaps.succeeded(producer, stood)));
    }

    private static PlaceStanding forgotten(PlaceStanding here, Forgotten forgotten) {
        int slot = forgotten.slot();
        if (!(here.places().get(slot) instanceof ProducerPlace.At at)
                || !at.epoch().equals(forgotten.epoch())) {
            return here;
        }
        Epoch after = forgotten.after();
        return after != null
                ? here.at(slot, new ProducerPlace.At(after, 0))
                : here.at(here.places().with(slot, null)).withPast(here.past().told(slot, forgotten.event()));
    }

    private static PlaceStanding answered(PlaceStanding here, Answered answered) {
        ProducerPlace place = here.places().get(answered.slot());
        if (place instanceof ProducerPlace.Unanswered without) {
            boolean missedNothing = without.uid() == answered.uid() && answered.quietSinceNs() - without.readyNs() < 0;
            return here.at(answered.slot(), missedNothing ? answered.newest() : ProducerPlace.UNKNOWN);
        }
        return place instanceof ProducerPlace.Awaited ? here.at(answered.slot(), answered.newest()) : here;
    }

    private static boolean awaits(PlaceStanding here, int slot) {
        return here.places().get(slot) instanceof ProducerPlace.Awaited;
    }
}
