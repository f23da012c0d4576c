package dev.gapless.gateway.internal.client;

import dev.gapless.StartFrom;
import dev.gapless.internal.subscribe.Filter;

/**
 * What a client wants of a topic.
 *
 * @param maxMessageBytes larger messages are withheld
 * @param state does it want the topic's state, and its changes? Then a token that it starts from says what it has seen
 */
public record SubscribeRequest(
        String topic, StartFrom start, Filter filter, OnLag onLag, long maxMessageBytes, boolean state) {
    public SubscribeRequest(String topic, StartFrom start, Filter filter, OnLag onLag, long maxMessageBytes) {
        this(topic, start, filter, onLag, maxMessageBytes, false);
    }
}
