package dev.gapless.core.reading;

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

    /** What went by its address in one slot has the name of the producer in the other. */
    record NamedNow(int addressSlot, int slot) implements Change {}

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
            return awaits(here, beginsAt.slot()) ? here.at(beginsAt.slot(), beginsAt.place()) : here;
        } else if (this instanceof NobodyAnswers nobody) {
            return awaits(here, nobody.slot())
                    ? here.at(here.places().with(nobody.slot(), null))
                            .withPast(here.past().told(nobody.slot(), nobody.lastEvent()))
                    : here;
        } else if (this instanceof WentOn wentOn) {
            return awaits(here, wentOn.slot()) ? here.at(wentOn.slot(), wentOn.place()) : here;
        } else if (this instanceof FoundAt found) {
            boolean isThere = found.stated().equals(here.places().get(found.slot()));
            return isThere ? here.at(found.slot(), found.place()) : here;
        } else if (this instanceof NamedNow named) {
            return here.at(Naming.of(here.places(), named.addressSlot(), named.slot()));
        }
        return here.missing(((AnythingMissed) this).namelessMembers());
    }

    private static PlaceStanding answered(PlaceStanding here, Answered answered) {
        ProducerPlace place = here.places().get(answered.slot());
        if (place instanceof ProducerPlace.Unanswered without) {
            boolean missedNothing = without.uid() == answered.uid() && answered.quietSinceNs() - without.readyNs() <= 0;
            return here.at(answered.slot(), missedNothing ? answered.newest() : ProducerPlace.UNKNOWN);
        }
        return place instanceof ProducerPlace.Awaited ? here.at(answered.slot(), answered.newest()) : here;
    }

    private static boolean awaits(PlaceStanding here, int slot) {
        return here.places().get(slot) instanceof ProducerPlace.Awaited;
    }
}
