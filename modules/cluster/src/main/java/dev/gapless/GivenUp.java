package dev.gapless;

import java.util.Set;
import org.apache.pekko.actor.CoordinatedShutdown;

/**
 * A consumer of this node has given up: so many registrations in a row as {@code gapless.register-backoff.attempts} allows were not
 * answered, or ended within 5 s, although the producers' nodes are members of the cluster. It goes on asking all the same, and loses
 * nothing in silence; but its subscriptions stand still where those producers are concerned.
 *
 * <p>It may be the reason of a shutdown: {@code gapless node} restarts its node.
 *
 * @param topic of the consumer
 * @param producers the names of the nodes that it has given up on, at least one
 */
public record GivenUp(String topic, Set<String> producers) implements CoordinatedShutdown.Reason {
    /**
     * Takes a copy.
     *
     * @param topic of the consumer
     * @param producers at least one
     */
    public GivenUp {
        producers = Set.copyOf(producers);
    }

    @Override
    public String toString() {
        return "the consumer of topic " + topic + " gave up on " + producers + " (gapless.register-backoff.attempts)";
    }
}
