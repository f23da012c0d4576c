package dev.gapless.internal.wire;

import dev.gapless.core.log.Format;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Formats of messages that came, so that what is kept of many batches shares them. A bounded number: one that comes takes the place of
 * another, and that is made anew when it comes again. Thread-safe.
 */
final class Formats {
    private final AtomicReferenceArray<@Nullable List<Format>> known;

    /** At most so many. */
    Formats(int most) {
        this.known = new AtomicReferenceArray<>(most);
    }

    /** This one, in a list without any other, as most batches have it. */
    List<Format> alone(int serializerId, String manifest) {
        int slot = Math.floorMod(31 * manifest.hashCode() + serializerId, known.length());
        List<Format> there = known.get(slot);
        if (there != null && is(there.get(0), serializerId, manifest)) {
            return there;
        }
        List<Format> alone = List.of(new Format(serializerId, manifest));
        known.set(slot, alone);
        return alone;
    }

    private static boolean is(Format format, int serializerId, String manifest) {
        return format.serializerId() == serializerId && format.manifest().equals(manifest);
    }
}
