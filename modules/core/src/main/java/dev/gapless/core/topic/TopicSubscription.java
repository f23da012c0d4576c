package dev.gapless.core.topic;

import dev.gapless.core.delivery.Opening;
import dev.gapless.core.place.Generation;
import dev.gapless.core.place.KnownProducer;
import dev.gapless.core.reading.Past;
import dev.gapless.core.reading.PlacesSubscription;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** An open subscription, and what it waits for until it is ready (rule C10). */
final class TopicSubscription {
    final long id;
    final PlacesSubscription reading;
    Opening opening;

    /** When it is ready at the latest. */
    long readyUntilNs;
    /** Does it know where it begins? */
    boolean begun;

    boolean ready;
    /** Is it to be told that anything may be missed, once it is known where that leads? */
    boolean toBeToldAnything;
    /** What was over when it began. */
    Past past = Past.opened(0);
    /** Members that are to answer first. */
    final Set<Long> awaitedMembers = new HashSet<>(0);
    /** Slots of producers that are to say where it begins. */
    final Set<Integer> awaited = new HashSet<>(0);

    /** By slots, of producers that keep something for it. */
    final Map<Integer, Held> held = new HashMap<>(0);

    /** Was an incarnation other than that member's over only after this one began, and does its log lack it? */
    boolean missesEarlier(KnownProducer producer, long member) {
        for (Generation generation : producer.generations()) {
            if (generation.uid() != member && !generation.inLog() && !past.passes(generation)) {
                return true;
            }
        }
        return false;
    }

    /** Does it begin with what was published before? Where that is, a log may be asked at any time. */
    boolean asksForThePast() {
        return opening instanceof Opening.Earliest || opening instanceof Opening.Since;
    }

    /**
     * A log keeps something for it.
     *
     * @param messages how far it was
     * @param sinceNs since when it is there
     */
    record Held(long messages, long sinceNs) {}

    TopicSubscription(long id, PlacesSubscription reading, Opening opening) {
        this.id = id;
        this.reading = reading;
        this.opening = opening;
    }
}
