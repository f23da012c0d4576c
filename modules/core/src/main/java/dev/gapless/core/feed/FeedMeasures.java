package dev.gapless.core.feed;

import dev.gapless.core.delivery.ConsumerMeasures;

/** Those of a consumer whose subscriptions share this feed. */
public record FeedMeasures(Feed feed) implements ConsumerMeasures {
    @Override
    public int cacheMessages() {
        return feed.size();
    }

    @Override
    public long cacheBytes() {
        return feed.bytes();
    }

    @Override
    public int maxCacheMessages() {
        return feed.settings().mostInFeed();
    }

    @Override
    public long maxCacheBytes() {
        return feed.maxBytes();
    }
}
