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
 * Anything may be missed, of whichever producer: the subscription is told so by one gap, and goes on at what is the newest of each when it is told.
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
            ProducerPlace to = host != null || namelessMembers.contains(slot)
                    ? ofMember(look, slot, producer)
                    : ofNobody(look, slot, producer);
            if (to != null) {
                losses.add(new Loss(slot, to, producers.lastEvent(), List.of()));
            }
        }
        return new Everything(losses, Past.opened(producers.lastEvent()));
    }

    private static ProducerPlace ofMember(Look look, int slot, KnownProducer producer) {
        ProducerPlace place = look.place(slot);
        if (producer.presence() == KnownProducer.Presence.COPIED) {
            boolean isAsked = look.next(slot, producer) instanceof Next.Find;
            return isAsked && place instanceof ProducerPlace.At at ? at : producer.lead(place, Reason.POSITION_UNKNOWN);
        }
        Generation present = producer.present();
        if (present != null) { // it is asked again: as far as it was heard of
            long read = place instanceof ProducerPlace.At at && at.epoch().equals(present.epoch()) ? at.sequence() : 0;
            return new ProducerPlace.At(present.epoch(), Math.max(read, producer.heard(present)));
        }
        return place instanceof ProducerPlace.At at ? at.marked(ProducerPlace.Mark.TOLD) : ProducerPlace.UNKNOWN;
    }

    /** What is lost of it is told with all the rest; null if nothing is, and nothing has to change. */
    private static @Nullable ProducerPlace ofNobody(Look look, int slot, KnownProducer producer) {
        return look.next(slot, producer) instanceof Next.Lost lost ? look.lead(slot, producer, lost) : null;
    }
}
