package dev.gapless.core.delivery;

import dev.gapless.core.Epoch;
import dev.gapless.core.log.Slice;

/** Messages of one incarnation of a node, one after the other, without a hole. Immutable. */
public interface RunPart {
    /** The name of the node. */
    String node();

    /** That of its log. */
    Epoch epoch();

    /** The sequence of the first message. */
    long sequence();

    /** The messages. */
    Slice slice();

    /** How many messages there are. */
    int count();
}
