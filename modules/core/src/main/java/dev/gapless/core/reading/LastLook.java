package dev.gapless.core.reading;

import dev.gapless.core.place.Producers;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * When a subscription looked at its topic's producers last, and which of them had something for it then: only these have to be looked at again, and those
 * that have changed since. One thread at a time.
 *
 * @param changes {@link SharedTopic#changes} before that look
 * @param producers as it saw them
 * @param open slots of producers that had something for it
 */
record LastLook(long changes, Producers producers, BitSet open) {
    /** It takes longer to look at so many than to know which. */
    private static final int MANY = 4;

    /** The look that found this; null if it is quicker to look at all producers again. */
    static @Nullable LastLook of(long changes, Producers producers, Look.All all) {
        if (producers.slots() < MANY) {
            return null;
        }
        BitSet open = new BitSet();
        all.wants().forEach(want -> open.set(want.slot()));
        all.turns().forEach(turn -> open.set(turn.slot()));
        return new LastLook(changes, producers, open);
    }

    /** What may have something for it now; null if all may. */
    @Nullable BitSet slots(SharedTopic topic, Producers now, long nowChanges) {
        if (now != producers) {
            return null;
        }
        BitSet slots = (BitSet) open.clone();
        return topic.addChanged(changes, nowChanges, slots) ? slots : null;
    }
}
