package dev.gapless.core.reading;

import dev.gapless.core.Gap;
import dev.gapless.core.Reason;
import dev.gapless.core.place.Generation;
import dev.gapless.core.place.KnownMember;
import dev.gapless.core.place.KnownProducer;
import dev.gapless.core.place.Next;
import dev.gapless.core.place.ProducerPlace;
import dev.gapless.core.place.Producers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Anything may be missed, of whichever producer: the subscription is told so by one gap. It stays where it is in a log that has what comes there, and goes on
 * at what is the newest of each other producer when it is told.
 *
 * @param losses where each place leads
 * @param past what counts as passed from then on
 */
record Everything(List<Loss> losses, Past past) {
    /** What a subscription is told. */
    static final Gap GAP = new Gap(null, Reason.POSITION_UNKNOWN, null, null, null, null);

    Everything {
        losses = List.copyOf(losses);
    }

    /**
     * Where the places of a subscription lead now.
     *
     * @param namelessMembers slots of members that have not said their names
     */
    static Everything of(Producers producers, Look look, List<Integer> namelessMembers) {
        List<Loss> losses = new ArrayList<>();
        for (int slot = 0; slot < producers.slots(); slot++) {
            KnownProducer producer = producers.get(slot);
            if (producer == null) {
                continue;
            }
            KnownMember host = producers.host(slot);
            boolean isOver = producer.presence() == KnownProducer.Presence.GONE
                    && !producer.generations().isEmpty(); // it may have gone since that was said
            ProducerPlace to = host != null || (namelessMembers.contains(slot) && !isOver)
                    ? ofMember(look, slot, producer)
                    : ofNobody(look, slot, producer);
            if (to != null) {
                losses.add(new Loss(slot, to, producers.lastEvent(), List.of()));
            }
        }
        return new Everything(losses, Past.opened(producers.lastEvent()));
    }

    private static @Nullable ProducerPlace ofMember(Look look, int slot, KnownProducer producer) {
        ProducerPlace place = look.place(slot);
        Generation present = producer.present();
        if (producer.presence() == KnownProducer.Presence.COPIED) {
            Next next = look.next(slot, producer);
            ProducerPlace.At position = position(place);
            if (position != null && !(next instanceof Next.Lost)) {
                return position;
            }
            boolean isAsked = next instanceof Next.Find;
            return isAsked && place instanceof ProducerPlace.At at ? at : producer.lead(place, Reason.POSITION_UNKNOWN);
        }
        if (present != null) { // it is asked again: as far as it was heard of
            ProducerPlace.At position = position(place);
            boolean stays = position != null // also in one that may be later than what is known here
                    && (position.epoch().equals(present.epoch()) || producer.generation(position.epoch()) == null);
            return stays ? position : new ProducerPlace.At(present.epoch(), producer.heard(present));
        }
        return place instanceof ProducerPlace.At at ? at.marked(ProducerPlace.Mark.TOLD) : ProducerPlace.UNKNOWN;
    }

    private static ProducerPlace.@Nullable At position(@Nullable ProducerPlace place) {
        return place instanceof ProducerPlace.At at && at.mark() == ProducerPlace.Mark.NONE ? at : null;
    }

    /** What is lost of it is told with all the rest; null if nothing is, and nothing has to change. */
    private static @Nullable ProducerPlace ofNobody(Look look, int slot, KnownProducer producer) {
        return look.next(slot, producer) instanceof Next.Lost lost ? look.lead(slot, producer, lost) : null;
    }
}
