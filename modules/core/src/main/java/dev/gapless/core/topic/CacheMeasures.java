package dev.gapless.core.topic;

import dev.gapless.core.copy.TopicCache;
import dev.gapless.core.delivery.ConsumerMeasures;

/** What a topic's cache keeps. */
record CacheMeasures(TopicCache cache) implements ConsumerMeasures {
    @Override
    public int cacheMessages() {
        return cache.messages();
    }

    @Override
    public long cacheBytes() {
        return cache.bytes();
    }

    @Override
    public int maxCacheMessages() {
        return cache.maxMessages();
    }

    @Override
    public long maxCacheBytes() {
        return cache.maxBytes();
    }
}
