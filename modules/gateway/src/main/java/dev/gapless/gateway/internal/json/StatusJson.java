package dev.gapless.gateway.internal.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.NodeStatus;
import dev.gapless.NodeStatus.ConsumerStatus;
import dev.gapless.NodeStatus.CursorStatus;
import dev.gapless.NodeStatus.Loss;
import dev.gapless.NodeStatus.OtherClusterStatus;
import dev.gapless.NodeStatus.ProducerStatus;
import dev.gapless.NodeStatus.RegistrationStatus;
import dev.gapless.NodeStatus.SubscriptionStatus;
import dev.gapless.NodeStatus.TableReport;
import dev.gapless.NodeStatus.TopicStatus;
import dev.gapless.NodeStatus.Totals;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The cluster's status for programs. */
public final class StatusJson {
    /** So many losses are shown, of all nodes together. */
    private static final int MOST_LOSSES = 200;

    private StatusJson() {}

    /**
     * The members, each topic's producers, consumers and tables, what was counted, and what was missed lately.
     *
     * @param nodes those that answered, in the names' order
     * @param silent the addresses of members that did not
     */
    public static ObjectNode of(List<NodeStatus> nodes, List<String> silent, Instant now) {
        ObjectNode root = PayloadJson.JSON.createObjectNode();
        root.put("time", EventJson.time(now));
        totals(nodes.stream().map(NodeStatus::totals).reduce(Totals.NONE, Totals::plus), root);
        ArrayNode members = root.putArray("members");
        for (NodeStatus node : nodes) {
            ObjectNode member = members.addObject()
                    .put("node", node.node())
                    .put("address", node.address())
                    .put("stands_in", node.standsIn())
                    .put("answers", true)
                    .put("truncated", node.truncated());
            totals(node.totals(), member);
            ArrayNode others = member.putArray("other_clusters");
            for (OtherClusterStatus other : node.otherClusters()) {
                others.addObject().put("oldest", other.oldest()).put("members", other.members());
            }
        }
        for (String address : silent) {
            members.addObject().putNull("node").put("address", address).put("answers", false);
        }
        Map<String, ObjectNode> topics = new TreeMap<>();
        Map<String, Totals> counted = new HashMap<>();
        for (NodeStatus node : nodes) {
            for (TopicStatus topic : node.topics()) {
                ObjectNode json = topics.computeIfAbsent(topic.topic(), StatusJson::topic);
                counted.merge(topic.topic(), topic.totals(), Totals::plus);
                if (topic.producer() != null && !isOnlySubscribedTo(topic)) {
                    producer(
                            topic.producer(),
                            json.withArray("producers").addObject().put("node", node.node()));
                }
                if (topic.consumer() != null) {
                    consumer(
                            topic.consumer(),
                            json.withArray("consumers").addObject().put("node", node.node()));
                }
                for (TableReport table : topic.tables()) {
                    table(table, json.withArray("tables").addObject().put("node", node.node()));
                }
            }
        }
        topics.forEach((name, json) -> totals(counted.getOrDefault(name, Totals.NONE), json));
        root.putArray("topics").addAll(topics.values());
        losses(nodes, root.putArray("losses"));
        return root;
    }

    private static void totals(Totals totals, ObjectNode json) {
        json.putObject("totals")
                .put("published", totals.published())
                .put("delivered", totals.delivered())
                .put("expired", totals.expired())
                .put("missed", totals.missed());
    }

    /** The latest of all nodes, the oldest first. */
    private static void losses(List<NodeStatus> nodes, ArrayNode json) {
        List<Loss> all = nodes.stream()
                .flatMap(node -> node.losses().stream())
                .sorted(Comparator.comparing(Loss::time))
                .toList();
        for (Loss loss : all.subList(Math.max(0, all.size() - MOST_LOSSES), all.size())) {
            json.addObject()
                    .put("time", EventJson.time(loss.time()))
                    .put("topic", loss.topic())
                    .put("producer", loss.producer())
                    .put("consumer", loss.consumer())
                    .put("subscriptions", loss.subscriptions())
                    .put("subscription", loss.subscriptions() == 0 ? null : (Long) loss.subscription())
                    .put("client", loss.client())
                    .put("reason", loss.reason().name())
                    .put("first_missing", loss.first())
                    .put("missed", loss.missed());
        }
    }

    private static ObjectNode topic(String name) {
        ObjectNode topic = PayloadJson.JSON.createObjectNode().put("topic", name);
        topic.putArray("producers");
        topic.putArray("consumers");
        topic.putArray("tables");
        return topic;
    }

    /** Its ring is there for nothing but to answer the other subscribers. */
    private static boolean isOnlySubscribedTo(TopicStatus topic) {
        return topic.consumer() != null
                && topic.producer() != null
                && !topic.producer().publishes();
    }

    private static void producer(ProducerStatus producer, ObjectNode json) {
        json.put("epoch", producer.epoch().toString())
                .put("started", EventJson.time(producer.started()))
                .put("publishes", producer.publishes())
                .put("oldest", producer.oldest())
                .put("head", producer.head())
                .put("oldest_time", time(producer.oldestTime()))
                .put("messages", producer.messages())
                .put("max_messages", producer.maxMessages())
                .put("bytes", producer.bytes())
                .put("max_bytes", producer.maxBytes())
                .put("waiting_publishes", producer.waitingPublishes());
        NodeStatus.StoreStatus store = producer.store();
        if (store != null) {
            json.putObject("store")
                    .put("state", store.state())
                    .put("since", time(store.since()))
                    .put("problem", store.problem());
        }
        ArrayNode cursors = json.putArray("cursors");
        for (CursorStatus cursor : producer.cursors()) {
            cursors.addObject()
                    .put("node", cursor.node())
                    .put("reader", cursor.reader())
                    .put("state", cursor.state())
                    .put("sent", cursor.sent())
                    .put("acked", cursor.acked())
                    .put("lag", cursor.lag())
                    .put("confirmed", cursor.confirmed())
                    .put("bytes_in_flight", cursor.bytesInFlight())
                    .put("window_bytes", cursor.windowBytes());
        }
        expiries(producer.expiries(), json);
    }

    private static void consumer(ConsumerStatus consumer, ObjectNode json) {
        json.put("messages", consumer.messages())
                .put("max_messages", consumer.maxMessages())
                .put("bytes", consumer.bytes())
                .put("max_bytes", consumer.maxBytes())
                .put("registered_again", consumer.registeredAgain())
                .put("subscription_count", consumer.subscriptionCount());
        ArrayNode registrations = json.putArray("registrations");
        for (RegistrationStatus registration : consumer.registrations()) {
            Position position = registration.position();
            ObjectNode entry =
                    registrations.addObject().put("node", registration.node()).put("state", registration.state());
            entry.put("epoch", position == null ? null : position.epoch().toString());
            entry.put("seq", position == null ? null : (Long) position.sequence());
            entry.put("failures", registration.failures());
        }
        ArrayNode subscriptions = json.putArray("subscriptions");
        for (SubscriptionStatus subscription : consumer.subscriptions()) {
            subscription(subscription, subscriptions.addObject());
        }
        expiries(consumer.expiries(), json);
    }

    private static void subscription(SubscriptionStatus subscription, ObjectNode json) {
        json.put("id", subscription.id())
                .put("state", subscription.state())
                .put("paused", subscription.paused())
                .put("lag", subscription.lag().messages())
                .put("lag_ms", subscription.lag().age().toMillis())
                .put("delivered", subscription.delivered())
                .put("holding_ms", subscription.holding().toMillis())
                .put("failures", subscription.failures())
                .put("reloading_ms", subscription.reloading().toMillis())
                .put("reloads", subscription.reloads())
                .put("reload_failures", subscription.reloadFailures())
                .put("violations", subscription.violations())
                .put("wrong_class", subscription.wrongClass());
        NodeStatus.NamedStatus named = subscription.named();
        if (named != null) {
            json.putObject("named")
                    .put("name", named.name())
                    .put("stored", time(named.stored()))
                    .put("failing_since", time(named.failingSince()))
                    .put("problem", named.problem());
        }
        expiries(subscription.expiries(), json);
    }

    private static void table(TableReport table, ObjectNode json) {
        json.put("state", table.state())
                .put("since", EventJson.time(table.since()))
                .put("rows", table.rows())
                .put("bytes", table.bytes())
                .put("loaded", time(table.loaded()))
                .put("reading", table.reading())
                .put("failures", table.failures())
                .put("problem", table.problem());
    }

    private static @Nullable String time(@Nullable Instant time) {
        return time == null ? null : EventJson.time(time);
    }

    private static void expiries(Map<Reason, Long> expiries, ObjectNode json) {
        ObjectNode counts = json.putObject("expiries");
        for (Reason reason : Reason.values()) {
            counts.put(reason.name(), expiries.getOrDefault(reason, 0L));
        }
    }
}
