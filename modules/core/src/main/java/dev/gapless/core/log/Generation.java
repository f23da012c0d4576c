package dev.gapless.core.log;

import java.util.List;

/**
 * Which of the incarnations of a node that use a store, one after the other, this is (rule D6). Immutable.
 *
 * @param number higher than that of all that used it before
 * @param earlier those before it, the oldest first, as far as the store remembers and their topics were as durable as now: all that they
 *     published to such a topic is in its log, or was
 */
public record Generation(long number, List<Long> earlier) {
    public Generation {
        earlier = List.copyOf(earlier);
    }
}
