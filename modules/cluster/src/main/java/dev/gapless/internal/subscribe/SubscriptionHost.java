package dev.gapless.internal.subscribe;

import dev.gapless.StartFrom;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Topic;
import dev.gapless.core.delivery.SubscriptionState;
import dev.gapless.internal.measure.SubscriptionStats;

/** What the reader of a subscription needs of the node that it runs on. Thread-safe. */
public interface SubscriptionHost {
    /** Throws IllegalArgumentException if a subscription to this topic cannot begin there: the token is of something else. */
    static void checkStart(String topic, StartFrom start, String clusterId) {
        if (start instanceof StartFrom.Resume resume) {
            resume.token().checkIsOf(topic, clusterId);
        }
    }

    /** Throws what is wrong with this, for the caller. */
    <T> SubscriptionHandle handle(Topic<T> topic, StartFrom start, SubscriptionSettings settings);

    long nextSubscription();

    /** Counts a subscription from now on. It may not be open for long: one with a name waits for its store. */
    default void count(String topic, long id, SubscriptionStats stats) {}

    <T> EventReader<T> reader(
            Topic<T> topic, SubscriptionSettings settings, long id, SubscriptionState state, Feedback.Sink feedback);

    /**
     * Opens a subscription, which is told what happens to it.
     *
     * @param filter what it takes
     */
    void openSubscription(String topic, long id, StartFrom start, Filter filter, SubscriptionListener listener);

    void closeSubscription(String topic, long id);

    /** Has this node begun to shut down? */
    boolean isClosing();
}
