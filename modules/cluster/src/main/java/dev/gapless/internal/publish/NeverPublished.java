package dev.gapless.internal.publish;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out that a node may never publish, and has not said so: if it crashes, those who read it cannot know that they have missed nothing. One
 * thread at a time.
 */
public final class NeverPublished {
    private static final Logger LOG = LoggerFactory.getLogger(NeverPublished.class);
    private static final int MOST_TOPICS = 5;

    private final String node;
    private final ProducerLogs logs;
    private final Duration after;

    /** Of the node with these logs; it is to be asked after this time, and each time that it has passed again. */
    public NeverPublished(String node, ProducerLogs logs, Duration after) {
        this.node = node;
        this.logs = logs;
        this.after = after;
    }

    /** Warns if nothing was published, and other nodes read it; {@return whether there is nothing more to find out} */
    public boolean look() {
        if (logs.hasPublished()) {
            return true;
        }
        Set<String> topics = logs.readInVain();
        if (topics.isEmpty()) {
            return false;
        }
        LOG.warn(
                "Node {} has published nothing for {} s and more (gapless.never-published-warning), and other nodes read topic {} of it. If"
                        + " it crashes, their subscriptions have to reload, since it might have published. If it only subscribes, set"
                        + " gapless.publishing = off on it",
                node,
                after.toSeconds(),
                named(topics));
        return true;
    }

    private static String named(Set<String> topics) {
        String first = topics.stream().limit(MOST_TOPICS).collect(Collectors.joining(", "));
        return topics.size() <= MOST_TOPICS ? first : first + " and " + (topics.size() - MOST_TOPICS) + " more";
    }
}
