package dev.gapless.gateway.internal.client;

import dev.gapless.StartFrom;
import dev.gapless.internal.subscribe.Filter;

/**
 * What a client wants of a topic.
 *
 * @param maxMessageBytes larger messages are withheld
 */
public record SubscribeRequest(String topic, StartFrom start, Filter filter, OnLag onLag, long maxMessageBytes) {}
