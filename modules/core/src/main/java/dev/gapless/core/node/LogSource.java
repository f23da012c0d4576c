package dev.gapless.core.node;

import dev.gapless.core.log.Log;
import org.jspecify.annotations.Nullable;

/** Where a shard finds the logs that publishing threads append to. Called by the shard's driver, in its turn. */
public interface LogSource {
    /**
     * The log of this topic on this node, made empty if there was none.
     *
     * @return null if the node may not have any more
     */
    @Nullable Log logOf(String topic);

    /** Does the application hold a producer of this topic? */
    boolean isHeld(String topic);

    /**
     * Nothing was ever published to this topic, and nobody reads it: its log may go. Made anew, it has the same epoch.
     *
     * @return false if it stays, since the application has asked for it just now
     */
    boolean drop(String topic);
}
