package dev.gapless.internal.wire;

import dev.gapless.Payload;
import dev.gapless.Topic;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The class of each topic's messages on this node: one for each name, besides {@link Payload}, which is any. Thread-safe. */
public final class TopicClasses {
    /** Names that are remembered at most: those of further ones are not checked. */
    private static final int MOST = 100_000;

    private final Map<String, Class<?>> classes = new ConcurrentHashMap<>();

    /** Throws IllegalArgumentException if this node knows the topic with another class. */
    public void check(Topic<?> topic) {
        if (topic.type() == Payload.class || classes.size() >= MOST) {
            return;
        }
        Class<?> known = classes.putIfAbsent(topic.name(), topic.type());
        if (known != null && known != topic.type()) {
            throw new IllegalArgumentException("Topic " + topic.name() + " has messages of " + known.getName()
                    + " on this node, and here it is one of " + topic.type().getName()
                    + ". Use one class for a topic wherever it is published or subscribed to, or Payload for messages as they"
                    + " are");
        }
    }
}
