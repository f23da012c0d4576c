package dev.gapless.node;

import dev.gapless.NodeStatus;
import dev.gapless.NodeStatus.SubscriptionStatus;
import dev.gapless.NodeStatus.TopicStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/** Which subscriptions of a topic have left out messages since the first look, because their topic has another class. */
final class Skipping {
    private final String topic;
    private final Map<Subscription, Long> before = new HashMap<>();

    private record Subscription(String node, long id) {}

    /** {@code members} is the first look. */
    Skipping(String topic, List<NodeStatus> members) {
        this.topic = topic;
        each(members, (node, one) -> before.put(new Subscription(node, one.id()), one.wrongClass()));
    }

    /** The nodes that have such subscriptions. */
    Set<String> nodes(List<NodeStatus> members) {
        Set<String> nodes = new TreeSet<>();
        each(members, (node, one) -> {
            if (one.wrongClass() > before.getOrDefault(new Subscription(node, one.id()), 0L)) {
                nodes.add(node);
            }
        });
        return nodes;
    }

    /** Is there a subscription that has yet to read something, and is not paused? */
    boolean mayGrow(List<NodeStatus> members) {
        Set<String> reading = new TreeSet<>();
        each(members, (node, one) -> {
            if (one.lag().messages() > 0 && !one.paused()) {
                reading.add(node);
            }
        });
        return !reading.isEmpty();
    }

    private void each(List<NodeStatus> members, BiConsumer<String, SubscriptionStatus> look) {
        for (NodeStatus node : members) {
            for (TopicStatus status : node.topics()) {
                if (status.topic().equals(topic) && status.consumer() != null) {
                    status.consumer().subscriptions().forEach(one -> look.accept(node.node(), one));
                }
            }
        }
    }
}
