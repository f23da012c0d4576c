package dev.gapless.multijvm.node;

import java.util.Map;

/**
 * What became of publishing many messages.
 *
 * @param accepted how many got a position
 * @param first the lowest sequence of them, or 0
 * @param last the highest, or 0
 * @param epoch the epoch of the last
 * @param failed how many failed, by the exception's class
 * @param violations what must never happen
 */
public record Published(
        long accepted,
        long first,
        long last,
        String epoch,
        Map<String, Long> failed,
        java.util.List<String> violations) {}
