package dev.gapless.core.log;

import dev.gapless.core.KeptHistory;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which of the incarnations of a node that use a store, one after the other, this is (rule D6). Immutable.
 *
 * @param number higher than that of all that used it before
 * @param earlier those before it, the oldest first, as far as the store remembers and their topics were as durable as now: all that they
 *     published to such a topic is in its log, or was
 * @param history that of the cluster, if this is the only node that there can be (rule T2); else null
 */
public record Generation(
        long number, List<Long> earlier, @Nullable KeptHistory history) {
    public Generation {
        earlier = List.copyOf(earlier);
    }

    /** One among other nodes. */
    public Generation(long number, List<Long> earlier) {
        this(number, earlier, null);
    }
}
