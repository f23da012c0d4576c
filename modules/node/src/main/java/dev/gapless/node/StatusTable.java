package dev.gapless.node;

import dev.gapless.NodeStatus;
import dev.gapless.NodeStatus.ConsumerStatus;
import dev.gapless.NodeStatus.CursorStatus;
import dev.gapless.NodeStatus.ProducerStatus;
import dev.gapless.NodeStatus.RegistrationStatus;
import dev.gapless.NodeStatus.SubscriptionStatus;
import dev.gapless.NodeStatus.TopicStatus;
import dev.gapless.core.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The cluster's status for people. */
final class StatusTable {
    private StatusTable() {}

    static List<String> of(ClusterStatus status) {
        Table members = new Table(3).row("MEMBER", "ADDRESS", "");
        status.nodes()
                .forEach(node ->
                        members.row(node.node(), node.address(), node.truncated() ? "(not all of its topics)" : ""));
        status.silent().forEach(address -> members.row("?", address, "does not answer"));
        List<String> lines = new ArrayList<>(members.lines());
        status.nodes()
                .forEach(node -> node.otherClusters()
                        .forEach(other -> lines.add("ANOTHER CLUSTER has the same id: that of "
                                + Printable.of(other.oldest()) + ", with " + number(other.members())
                                + " members. Nothing that is published there is delivered here")));

        Map<String, List<NodeStatus>> topics = new TreeMap<>();
        for (NodeStatus node : status.nodes()) {
            for (TopicStatus topic : node.topics()) {
                topics.computeIfAbsent(topic.topic(), name -> new ArrayList<>()).add(node);
            }
        }
        topics.forEach((topic, nodes) -> {
            lines.add("");
            lines.add("TOPIC " + Printable.of(topic));
            Table producers = new Table(1).row("  PRODUCER", "OLDEST", "HEAD", "RING", "BYTES", "WAITING", "EXPIRIES");
            Table cursors = new Table(2).row("  CURSOR OF", "AT", "ACKED", "LAG", "IN FLIGHT", "STATE");
            Table consumers = new Table(1).row("  CONSUMER", "FEED", "BYTES", "REGISTERED AGAIN", "EXPIRIES");
            Table registrations = new Table(3).row("  REGISTRATION OF", "WITH", "STATE", "POSITION");
            Table subscriptions = new Table(2).row("  SUBSCRIPTION", "ON", "LAG", "AGE", "EXPIRIES", "STATE");
            for (NodeStatus node : nodes) {
                for (TopicStatus entry : node.topics()) {
                    if (entry.topic().equals(topic)) {
                        if (entry.producer() != null && entry.producer().publishes()) {
                            producer(node.node(), entry.producer(), producers, cursors);
                        }
                        if (entry.consumer() != null) {
                            consumer(node.node(), entry.consumer(), consumers, registrations, subscriptions);
                        }
                    }
                }
            }
            for (Table table : List.of(producers, cursors, consumers, registrations, subscriptions)) {
                if (table.lines().size() > 1) {
                    lines.addAll(table.lines());
                }
            }
        });
        return lines;
    }

    private static void producer(String node, ProducerStatus producer, Table producers, Table cursors) {
        producers.row(
                "  " + node,
                number(producer.oldest()),
                number(producer.head()),
                number(producer.messages()) + "/" + number(producer.maxMessages()),
                number(producer.bytes()) + "/" + number(producer.maxBytes()),
                number(producer.waitingPublishes()),
                expiries(producer.expiries()));
        for (CursorStatus cursor : producer.cursors()) {
            cursors.row(
                    "  " + cursor.node() + (cursor.reader() == 0 ? "" : " (catch-up " + cursor.reader() + ")"),
                    node,
                    number(cursor.acked()),
                    number(cursor.lag()),
                    number(cursor.bytesInFlight()),
                    cursor.state());
        }
    }

    private static void consumer(
            String node, ConsumerStatus consumer, Table consumers, Table registrations, Table subscriptions) {
        consumers.row(
                "  " + node,
                number(consumer.messages()) + "/" + number(consumer.maxMessages()),
                number(consumer.bytes()) + "/" + number(consumer.maxBytes()),
                number(consumer.registeredAgain()),
                expiries(consumer.expiries()));
        for (RegistrationStatus registration : consumer.registrations()) {
            registrations.row(
                    "  " + node,
                    registration.node(),
                    registration.state(),
                    registration.position() == null
                            ? "-"
                            : number(registration.position().sequence()));
        }
        for (SubscriptionStatus subscription : consumer.subscriptions()) {
            subscriptions.row(
                    "  " + subscription.id(),
                    node,
                    number(subscription.lag().messages()),
                    seconds(subscription.lag().age()),
                    expiries(subscription.expiries()),
                    state(subscription));
        }
        int more = consumer.subscriptionCount() - consumer.subscriptions().size();
        if (more > 0) {
            subscriptions.row("  " + number(more) + " more", node, "", "", "", "");
        }
    }

    private static String state(SubscriptionStatus subscription) {
        StringBuilder state = new StringBuilder(subscription.state().replace('_', ' '));
        if (!subscription.reloading().isZero()) {
            state.append(" for ").append(seconds(subscription.reloading()));
        }
        if (subscription.reloadFailures() > 0) {
            state.append(", ").append(number(subscription.reloadFailures())).append(" reloads failed");
        }
        if (subscription.holding().toSeconds() > 0) {
            state.append(", at one event for ").append(seconds(subscription.holding()));
        }
        if (subscription.failures() > 0) {
            state.append(", ").append(number(subscription.failures())).append(" messages failed");
        }
        if (subscription.wrongClass() > 0) {
            state.append(", OF A WRONG CLASS ").append(number(subscription.wrongClass()));
        }
        if (subscription.violations() > 0) {
            state.append(", ORDER VIOLATIONS ").append(number(subscription.violations()));
        }
        return state.append(subscription.paused() ? ", paused" : "").toString();
    }

    private static String seconds(Duration duration) {
        return number(duration.toSeconds()) + " s";
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static String expiries(Map<Reason, Long> expiries) {
        String text = expiries.entrySet().stream()
                .filter(entry -> entry.getValue() > 0)
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> entry.getKey() + " " + number(entry.getValue()))
                .collect(Collectors.joining(", "));
        return text.isEmpty() ? "0" : text;
    }
}
