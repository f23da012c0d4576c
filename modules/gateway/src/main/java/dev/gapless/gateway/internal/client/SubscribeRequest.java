package dev.gapless.gateway.internal.client;

import dev.gapless.StartFrom;
import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.internal.subscribe.Filter;

/**
 * What a client wants of a topic.
 *
 * @param maxMessageBytes larger messages are withheld
 * @param state does it want the topic's state, and its changes? Then a token that it starts from says what it has seen
 * @param listsAgain are all rows of the state to come again after a gap, and not just those that differ?
 */
public record SubscribeRequest(
        String topic,
        StartFrom start,
        Filter filter,
        OnLag onLag,
        long maxMessageBytes,
        boolean state,
        boolean listsAgain) {
    public SubscribeRequest(String topic, StartFrom start, Filter filter, OnLag onLag, long maxMessageBytes) {
        this(topic, start, filter, onLag, maxMessageBytes, false);
    }

    public SubscribeRequest(
            String topic, StartFrom start, Filter filter, OnLag onLag, long maxMessageBytes, boolean state) {
        this(topic, start, filter, onLag, maxMessageBytes, state, false);
    }

    /** All rows of a topic that the caller may see, and how they change; all of them again after a gap. */
    public static SubscribeRequest ofLists(String topic, Caller caller) {
        return new SubscribeRequest(
                topic,
                StartFrom.latest(),
                TopicFilter.of(null, null, caller),
                OnLag.RESYNC,
                Long.MAX_VALUE,
                true,
                true);
    }
}
