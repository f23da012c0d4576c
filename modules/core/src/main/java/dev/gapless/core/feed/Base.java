package dev.gapless.core.feed;

import org.jspecify.annotations.Nullable;

/**
 * What an overtaken subscription is told of a stream.
 *
 * @param began where it began in this feed; {@link Place#UNKNOWN} if that was an expiry
 * @param at up to here everything fell out of the ring
 * @param ended its end, if that fell out, too
 */
public record Base(Stream stream, long began, long at, FeedEntry.@Nullable Ended ended) {}
