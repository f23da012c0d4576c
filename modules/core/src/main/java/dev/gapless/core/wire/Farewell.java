package dev.gapless.core.wire;

import dev.gapless.core.Epoch;
import java.util.Map;

/**
 * Between nodes: I leave, and this is a part of all that was published here (rule T2). All parts together count once their sender is removed: they
 * may overtake the last batch.
 *
 * @param fromUid the sender's incarnation
 * @param toUid the incarnation that it is meant for
 * @param index of this part, from 0
 * @param parts how many there are
 * @param published the last sequence of streams to which anything was published
 */
public record Farewell(long fromUid, long toUid, int index, int parts, Map<Epoch, Long> published)
        implements NodeMessage {
    /** Parts of one farewell: with up to 12 KiB each, a million topics and more. */
    public static final int MOST_PARTS = 1_024;

    public Farewell {
        if (index < 0 || index >= parts || parts > MOST_PARTS) {
            throw new IllegalArgumentException("Part " + index + " of " + parts);
        }
        published = Map.copyOf(published);
    }

    /** All of it. */
    public Farewell(long fromUid, long toUid, Map<Epoch, Long> published) {
        this(fromUid, toUid, 0, 1, published);
    }
}
