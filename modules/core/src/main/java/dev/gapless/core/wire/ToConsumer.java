package dev.gapless.core.wire;

/** From a producer to a reader. */
public sealed interface ToConsumer extends Message
        permits Registered, CursorExpired, Batch, Heartbeat, Gone, Fetched, Found {}
