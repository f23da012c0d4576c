package dev.gapless.core.delivery;

/** How much a topic's consumer keeps for its subscriptions, and how much it may. Any thread. */
public interface ConsumerMeasures {
    /** How many messages it keeps, and notices that come between them. */
    int cacheMessages();

    /** Their bytes, with what keeping them takes. */
    long cacheBytes();

    /** How many of them it may keep. */
    int maxCacheMessages();

    /** How many bytes they may have. */
    long maxCacheBytes();
}
