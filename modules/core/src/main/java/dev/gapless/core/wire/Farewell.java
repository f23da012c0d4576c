package dev.gapless.core.wire;

import dev.gapless.core.Epoch;
import java.util.Map;

/**
 * Between nodes: I leave, and this is all that was published here (rule T2). It counts once its sender is removed: it may overtake the
 * last batch.
 *
 * @param fromUid the sender's incarnation
 * @param toUid the incarnation that it is meant for
 * @param published the last sequence of each stream to which anything was published
 */
public record Farewell(long fromUid, long toUid, Map<Epoch, Long> published) implements NodeMessage {
    public Farewell {
        published = Map.copyOf(published);
    }
}
