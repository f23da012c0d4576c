package dev.gapless.durable;

import dev.gapless.core.Epoch;

/**
 * Messages that a repaired log does not have any more. Immutable.
 *
 * @param stream in which they were published
 * @param from the sequence of the first
 * @param to the sequence of the last
 * @param exact whether it is known that there were so many; if not, these are the most that there can have been
 */
public record LostMessages(Epoch stream, long from, long to, boolean exact) {}
