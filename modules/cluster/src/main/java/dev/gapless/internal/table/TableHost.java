package dev.gapless.internal.table;

import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Topic;
import dev.gapless.core.TopicSettings;
import dev.gapless.internal.measure.TopicMeasure;
import dev.gapless.internal.subscribe.Recipient;
import dev.gapless.internal.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;

/** What tables need of the node that they are on. Thread-safe. */
public interface TableHost {
    /** Throws what is wrong with this, for the caller. */
    <T> Subscription subscribe(Topic<T> topic, StartFrom start, SubscriptionSettings settings, Recipient<T> recipient);

    TopicSettings topicSettings(String topic);

    TableSettings tableSettings();

    /** Where a topic's tables are counted. */
    TopicMeasure measure(String topic);

    Clock clock();

    /** A number from 0 to 1: which part of the jitter a table waits for. */
    double nextShare();

    /** Where sources are read. */
    Executor blocking();

    /** Where listeners are called. */
    Executor listeners();

    /** Where stages complete. */
    Executor completions();

    /** Another cluster with the id of this one, for people; empty if none is known. */
    Optional<String> otherCluster();

    /** Runs this after a while; false if the node ends. */
    boolean after(Duration wait, Runnable what);
}
