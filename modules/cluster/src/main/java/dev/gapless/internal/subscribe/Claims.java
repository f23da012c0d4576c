package dev.gapless.internal.subscribe;

import dev.gapless.StartFrom;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.internal.measure.Claim;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What a client outside the cluster says of where it was. Nobody here can check that: its gaps are told to it, and what of them rests on its word
 * alone is counted apart from what this node knows. Immutable.
 */
public final class Claims {
    /** Of one that begins with what is published from now on. */
    public static final Claims NONE = new Claims(false, Map.of());

    private final boolean past;
    /** What its token says. */
    private final Map<Epoch, CursorToken.Entry> places;

    private Claims(boolean past, Map<Epoch, CursorToken.Entry> places) {
        this.past = past;
        this.places = places;
    }

    /** Of a client that begins so. */
    public static Claims of(StartFrom start) {
        if (start instanceof StartFrom.Resume resume) {
            Map<Epoch, CursorToken.Entry> places = new HashMap<>();
            resume.token().entries().forEach(entry -> places.putIfAbsent(entry.epoch(), entry));
            return new Claims(true, places);
        }
        return start instanceof StartFrom.Latest ? NONE : new Claims(true, Map.of());
    }

    /**
     * What of that gap is its word alone.
     *
     * @param knows does this node know that there is, or was, an incarnation of a node with this log?
     */
    Claim of(Gap gap, BiPredicate<Epoch, @Nullable String> knows) {
        Epoch epoch = gap.epoch();
        if (!past || epoch == null) {
            return Claim.NOTHING;
        }
        CursorToken.Entry listed = places.get(epoch);
        if (listed != null && !knows.test(epoch, gap.node())) {
            return Claim.STREAM;
        }
        long place = listed == null ? 0 : Math.max(0, listed.sequence());
        Long first = gap.firstMissing();
        boolean begins = first == null ? listed != null : first == place + 1;
        return begins ? Claim.PLACE : Claim.NOTHING;
    }
}
