package dev.gapless.durable;

/**
 * A named subscription in a store.
 *
 * @param topic of which topic
 * @param name its name
 * @param storedMs when its token was stored last, or its name was opened, in milliseconds since 1970
 * @param bytes how large that is
 * @param hasToken false if it was opened, and never was ready
 */
public record StoredSubscription(String topic, String name, long storedMs, long bytes, boolean hasToken) {}
