package dev.gapless.core.reading;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.place.End;
import dev.gapless.core.place.Generation;
import dev.gapless.core.place.KnownMember;
import dev.gapless.core.place.KnownProducer;
import dev.gapless.core.place.ProducerPlace;
import dev.gapless.core.place.Producers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What clients are told of streams that keep positions alone. */
final class PassedStreams {
    private record Ended(CursorToken.Entry entry, long endedMs) {}

    private PassedStreams() {}

    /** What a token lists, and all other streams that are over for the subscription and known here, those first that ended last. */
    static List<CursorToken.Entry> listed(CursorToken taken, PlaceStandpoint at) {
        List<CursorToken.Entry> all = new ArrayList<>(taken.entries());
        all.removeIf(entry -> entry.over()
                && entry.sequence() == CursorToken.Entry.UNKNOWN); // it was passed: that is said with its end
        Set<Epoch> listed = all.stream().map(CursorToken.Entry::epoch).collect(Collectors.toSet());
        List<Ended> ended = new ArrayList<>();
        for (int slot = 0; slot < at.producers().slots(); slot++) {
            KnownProducer producer = at.producers().get(slot);
            if (producer == null) {
                continue;
            }
            ProducerPlace place = at.places().get(slot);
            for (Generation generation : producer.generations()) {
                Generation.Removal removed = generation.removed();
                boolean isListed = listed.contains(generation.epoch()) || publishedNothing(generation);
                if (removed != null && !isListed && isPassed(generation, slot, place, producer, at.past())) {
                    ended.add(new Ended(entry(producer, generation), removed.endedMs()));
                }
            }
        }
        ended.sort(Comparator.comparingLong(Ended::endedMs).reversed());
        ended.forEach(one -> all.add(one.entry()));
        return all;
    }

    private static boolean isPassed(
            Generation generation, int slot, @Nullable ProducerPlace place, KnownProducer producer, Past past) {
        if (!(place instanceof ProducerPlace.At at)) {
            return past.passes(slot, generation);
        }
        int index = producer.index(at.epoch());
        int its = producer.index(generation.epoch());
        return its < index || (its == index && at.mark() == ProducerPlace.Mark.END);
    }

    private static boolean publishedNothing(Generation generation) {
        return generation.end() instanceof End.Stated stated && stated.sequence() == 0;
    }

    private static CursorToken.Entry entry(KnownProducer producer, Generation generation) {
        long last = PlaceToken.behindAllOf(generation).sequence();
        long sequence = last == 0 ? CursorToken.Entry.UNKNOWN : last;
        return new CursorToken.Entry(producer.name(), generation.uid(), generation.epoch(), sequence, true);
    }

    /** Is there, or was there, an incarnation of that node with that stream? */
    static boolean knows(Producers producers, String topic, Epoch epoch, @Nullable String node) {
        for (int slot = 0; slot < producers.slots(); slot++) {
            KnownProducer producer = producers.get(slot);
            if (producer != null && producer.name().equals(node) && producer.generation(epoch) != null) {
                return true;
            }
        }
        for (KnownMember member : producers.members()) {
            String name = member.name() == null ? member.address() : member.name();
            if (name.equals(node) && member.epoch().equals(epoch)) {
                return true;
            }
        }
        for (Departure departure : producers.history().departures()) {
            if (departure.node().equals(node)
                    && Epoch.of(departure.uid(), topic).equals(epoch)) {
                return true;
            }
        }
        return false;
    }
}
