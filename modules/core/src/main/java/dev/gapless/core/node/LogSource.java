package dev.gapless.core.node;

import dev.gapless.core.log.Log;
import org.jspecify.annotations.Nullable;

/** Where a shard finds the logs that publishing threads append to. */
public interface LogSource {
    /**
     * The log of this topic on this node, made empty if there was none.
     *
     * @return null if the node may not have any more
     */
    @Nullable Log logOf(String topic);
}
