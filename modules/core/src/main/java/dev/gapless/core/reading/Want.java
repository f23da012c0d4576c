package dev.gapless.core.reading;

import dev.gapless.core.place.Next;

/**
 * What a subscription needs before it can go on.
 *
 * @param slot the producer's
 * @param what to fetch, or to find
 */
public record Want(int slot, Next what) {}
