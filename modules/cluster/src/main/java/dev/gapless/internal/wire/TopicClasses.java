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

    /** Remembers the topic. Throws IllegalArgumentException if this node knows it with another class. */
    public void check(Topic<?> topic) {
        checkKnown(topic);
        if (classes.size() < MOST) {
            check(
                    topic,
                    classes.merge(
                            topic.name(), topic.type(), (known, given) -> known == Payload.class ? given : known));
        }
    }

    /** Throws IllegalArgumentException if this node knows the topic with another class. A topic that it does not know is not remembered. */
    public void checkKnown(Topic<?> topic) {
        Class<?> known = classes.get(topic.name());
        if (known != null) {
            check(topic, known);
        }
    }

    /** Has anybody used a topic of this name? */
    public boolean knows(String topic) {
        return classes.containsKey(topic);
    }

    private static void check(Topic<?> topic, Class<?> known) {
        if (known != topic.type() && known != Payload.class && topic.type() != Payload.class) {
            throw new IllegalArgumentException("Topic " + topic.name() + " has messages of " + known.getName()
                    + " on this node, and here it is one of " + topic.type().getName()
                    + ". Use one class for a topic wherever it is published or subscribed to, or Payload for messages as they"
                    + " are");
        }
    }
}
