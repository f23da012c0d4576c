package dev.gapless.core.node;

import dev.gapless.core.Epoch;
import java.util.Map;

/** All logs of one node, on any topic, whether or not a shard has heard of them. */
public interface NodeLogs {
    /** Puts an end to publishing. {@return the last sequence of each stream to which anything ever was published} */
    Map<Epoch, Long> close();
}
