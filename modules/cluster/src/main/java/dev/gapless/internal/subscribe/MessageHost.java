package dev.gapless.internal.subscribe;

import dev.gapless.Health;
import dev.gapless.Held;
import dev.gapless.Publication;
import dev.gapless.Receipt;
import dev.gapless.StartFrom;
import dev.gapless.Topic;
import dev.gapless.core.Position;
import dev.gapless.core.TopicSettings;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** What those need of the node who read messages as they are kept, one after the other. Thread-safe. */
public interface MessageHost extends SubscriptionHost {
    /** The node's. */
    String name();

    /** The identity of the cluster in cursor tokens. */
    String clusterId();

    /**
     * Opens a subscription.
     *
     * @param client whose it is, for people: the log names it where it missed something
     * @param concernsOthers whether what it misses is more than one client's concern: then it waits between two gaps (rule S3)
     * @param wake called on any thread, also before this returns, when there may be something new: it must not block, nor read
     * @throws IllegalArgumentException if it starts from a token of another topic or cluster
     */
    MessageSubscription messages(
            String topic, StartFrom start, Filter filter, String client, boolean concernsOthers, Runnable wake);

    /** How this node is. */
    Health health();

    /** The topics that this node publishes or subscribes to, or that its configuration names. */
    Set<String> topics();

    /** Has the application used the topic, does the configuration name it, or was anything published to it here? */
    boolean knows(String topic);

    /** Has the topic a place on this node, since it is known, or since somebody in the cluster subscribes to it? */
    boolean hasPlace(String topic);

    /**
     * Publishes for a client of a gateway. The topic is kept only if something is published.
     *
     * @return completes with its position; fails like that of {@link dev.gapless.Producer#publish(Publication)}
     * @throws IllegalArgumentException if the topic has another class on this node
     * @throws IllegalStateException if this node does not publish, or if clients may begin no more topics here
     */
    <T> CompletionStage<Position> publish(Topic<T> topic, Publication<T> publication);

    /** How many bytes the ring of this node's producer of the topic has, ids included; 0 if nothing is published here. */
    long ringBytes(String topic);

    /**
     * The ring of this node's producer of the topic holds so many bytes at most from now on: what it has beyond that is overwritten, but with
     * backpressure nothing that a consumer has not taken.
     *
     * @return false if nothing is published here, or if the application publishes to it: its rings are as large as the settings say
     */
    boolean limitRing(String topic, long bytes);

    /**
     * Who has the messages of this node's producer of the topic from that position up to that one, once as many nodes have as are wanted.
     * Fails as {@link dev.gapless.Producer#publish(Object, Receipt, Duration)}.
     */
    CompletionStage<Held> held(String topic, Position first, Position last, Receipt receipt, Duration timeout);

    /**
     * Which consumers that are known the messages of this node's producer of the topic have reached, from that position up to that one, which
     * may be of earlier incarnations: once all have them, once no more is awaited of anybody, or after this time. Fails if too many wait.
     */
    CompletionStage<Reached> reached(String topic, Position first, Position last, Duration timeout);

    /**
     * Which consumers messages have reached, by the names of their nodes.
     *
     * @param isComplete do all have them?
     * @param waitingFor those that have yet to get them
     * @param missed what some were told that they missed
     * @param notKnown those that go on behind them, and of which nobody knows here whether they had them
     */
    record Reached(boolean isComplete, Set<String> waitingFor, List<Missed> missed, Set<String> notKnown) {}

    /** Messages that a node missed: so many, from the first one on. */
    record Missed(String node, Position first, long count) {}

    /**
     * About how much of the ring of this node's producer of the topic is taken by messages that some consumer has not acknowledged: 0 to 1. It is 0
     * if nobody publishes there, or nobody consumes.
     */
    double unacknowledged(String topic);

    /** The settings of a topic on this node. */
    TopicSettings topicSettings(String topic);
}
