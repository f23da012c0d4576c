package dev.gapless.core.node;

import dev.gapless.core.LogEnd;
import java.util.Map;

/** All logs of one node, on any topic, whether or not a shard has heard of them. */
public interface NodeLogs {
    /** Puts an end to publishing. {@return for each topic to which anything ever was published where its log ended} */
    Map<String, LogEnd> close();
}
