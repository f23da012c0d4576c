package dev.gapless.node;

import dev.gapless.NodeStatus;
import dev.gapless.NodeStatus.SubscriptionStatus;
import dev.gapless.NodeStatus.TopicStatus;
import dev.gapless.core.Reason;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.ToLongFunction;

/** What has become of the subscriptions of a topic since the first look. */
final class Readers {
    private final String topic;
    private final Map<Subscription, SubscriptionStatus> before = new HashMap<>();

    private record Subscription(String node, long id) {}

    /** {@code members} is the first look. */
    Readers(String topic, List<NodeStatus> members) {
        this.topic = topic;
        each(members, (node, one) -> before.put(new Subscription(node, one.id()), one));
    }

    /** The nodes with subscriptions that left out messages, because their topic has another class. */
    Set<String> skipping(List<NodeStatus> members) {
        return grown(members, SubscriptionStatus::wrongClass);
    }

    /** The nodes with subscriptions that were overtaken, by a producer's ring or by their own node's feed. */
    Set<String> overtaken(List<NodeStatus> members) {
        return grown(members, one -> one.expiries().getOrDefault(Reason.OVERRUN, 0L));
    }

    private Set<String> grown(List<NodeStatus> members, ToLongFunction<SubscriptionStatus> number) {
        Set<String> nodes = new TreeSet<>();
        each(members, (node, one) -> {
            SubscriptionStatus known = before.get(new Subscription(node, one.id()));
            if (number.applyAsLong(one) > (known == null ? 0 : number.applyAsLong(known))) {
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
