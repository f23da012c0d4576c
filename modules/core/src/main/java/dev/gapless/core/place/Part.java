package dev.gapless.core.place;

import dev.gapless.core.Epoch;

/**
 * A generation that a log is made of, as the log states it. Fixed for the incarnation: a part whose messages are all gone stays.
 *
 * @param uid the incarnation that published it
 * @param before how many messages the log counts in front of it
 */
public record Part(Epoch epoch, long uid, long before) {}
