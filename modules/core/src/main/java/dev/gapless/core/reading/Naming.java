package dev.gapless.core.reading;

import dev.gapless.core.Epoch;
import dev.gapless.core.place.AddressSlot;
import dev.gapless.core.place.Generation;
import dev.gapless.core.place.KnownProducer;
import dev.gapless.core.place.Places;
import dev.gapless.core.place.ProducerPlace;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What becomes of a place in an incarnation that went by its address, once its name is known. */
final class Naming {
    private Naming() {}

    /**
     * What was told under the address stays told there. A place behind all that is read under the name goes on. Else nobody knows what is missed:
     * its name was not known.
     *
     * @param producer the one with that name
     * @param past of the subscription
     */
    static Places of(Places here, AddressSlot address, @Nullable KnownProducer producer, Past past) {
        int slot = address.named();
        ProducerPlace place = here.get(address.slot());
        boolean isTold = place instanceof ProducerPlace.At at && at.mark() == ProducerPlace.Mark.END;
        if (place == null || isTold) {
            return here;
        }
        Places without = here.with(address.slot(), null);
        ProducerPlace ahead = producer == null ? null : ahead(here.get(slot), place, slot, producer, past);
        if (ahead != null) {
            return without.with(slot, ahead);
        }
        boolean isRead = place instanceof ProducerPlace.At
                || place instanceof ProducerPlace.ToldUnseen
                || place instanceof ProducerPlace.Unknown;
        if (here.get(slot) == null) {
            return without.with(slot, isRead ? ProducerPlace.UNKNOWN : place);
        }
        boolean isInFront = isRead
                && here.get(slot) instanceof ProducerPlace.At at
                && producer != null
                && isInFront(address.uid(), producer, at);
        return isInFront ? without.with(slot, ProducerPlace.UNKNOWN) : without;
    }

    /** That place, or the one under the name if that is in the same generation and later. Null if something between them is to be read. */
    private static @Nullable ProducerPlace ahead(
            @Nullable ProducerPlace named, ProducerPlace place, int slot, KnownProducer producer, Past past) {
        int index = index(place, producer);
        if (index < 0) {
            return null;
        }
        List<Generation> all = producer.generations();
        int from = -1;
        if (named instanceof ProducerPlace.At its) {
            from = producer.index(its.epoch());
            if (from == index) {
                return place instanceof ProducerPlace.At at ? producer.later(at, its) : null;
            }
            if (from < 0 || from > index || !producer.isBehind(its, none -> false, all.get(from))) {
                return null;
            }
        } else if (named != null) {
            return null;
        }
        boolean isPassed = all.subList(from + 1, index).stream()
                .allMatch(between -> between.isEmpty() || past.passes(slot, between));
        if (!isPassed) {
            return null;
        }
        return place instanceof ProducerPlace.Stated stated
                ? new ProducerPlace.Stated(stated.position(), named)
                : place;
    }

    /** Which of the generations that is in, the oldest being 0; -1 if nobody knows. What a member has that was not asked yet is the last. */
    private static int index(ProducerPlace place, KnownProducer producer) {
        Epoch epoch = ProducerPlace.epochOf(place);
        int index = epoch == null ? -1 : producer.index(epoch);
        boolean isNewest = epoch != null && index < 0 && producer.presence() == KnownProducer.Presence.ASKED;
        return isNewest ? producer.generations().size() : index;
    }

    /** Did it end before what that place is in? Then nobody comes to it from there. */
    private static boolean isInFront(long uid, KnownProducer producer, ProducerPlace.At at) {
        int there = producer.index(at.epoch());
        for (int i = 0; i < producer.generations().size(); i++) {
            Generation generation = producer.generations().get(i);
            if (generation.uid() == uid) {
                return generation.removed() != null && (there < 0 || there > i);
            }
        }
        return false;
    }
}
