package dev.gapless.core.named;

import dev.gapless.core.Backoff;

/**
 * How the token of a named subscription is kept.
 *
 * @param topic of which topic
 * @param name the subscription's
 * @param clusterId tokens of another cluster are not resumed
 * @param intervalNs between two tokens
 * @param timeoutNs how long the store may take to answer, and how long the last token is tried at the end
 * @param backoff when the store is asked again after a failure
 */
public record KeptTokenSettings(
        String topic, String name, String clusterId, long intervalNs, long timeoutNs, Backoff backoff) {
    public KeptTokenSettings {
        if (intervalNs <= 0 || timeoutNs <= 0) {
            throw new IllegalArgumentException("interval and timeout are positive: " + intervalNs + ", " + timeoutNs);
        }
    }
}
