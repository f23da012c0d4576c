package dev.gapless.core.node;

import dev.gapless.core.Epoch;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All logs of one node, on any topic, whether or not a shard has heard of them. */
public interface NodeLogs {
    /**
     * Puts an end to publishing.
     *
     * @return the last sequence of each stream to which anything ever was published; null if that is not certain, since a store may still
     *     take something
     */
    @Nullable Map<Epoch, Long> close();
}
