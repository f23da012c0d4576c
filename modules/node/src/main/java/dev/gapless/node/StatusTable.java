package dev.gapless.node;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The cluster's status for people, made of the status for programs. */
final class StatusTable {
    private StatusTable() {}

    /** Prints it for programs, as it is, or for people. */
    static void print(JsonNode status, boolean asJson, PrintWriter out) {
        if (asJson) {
            out.println(status.toPrettyString());
        } else {
            of(status).forEach(out::println);
        }
        out.flush();
    }

    static List<String> of(JsonNode status) {
        Table members = new Table(3).row("MEMBER", "ADDRESS", "");
        List<String> notices = new ArrayList<>();
        for (JsonNode member : status.path("members")) {
            String address = member.path("address").asText();
            if (!member.path("answers").asBoolean()) {
                members.row("?", address, "does not answer");
                continue;
            }
            String standsIn = member.path("stands_in").asBoolean() ? "stands in for it" : "";
            String truncated = member.path("truncated").asBoolean() ? "(not all of its topics)" : "";
            members.row(text(member, "node"), address, (standsIn + " " + truncated).strip());
            for (JsonNode other : member.path("other_clusters")) {
                notices.add("ANOTHER CLUSTER has the same id: that of " + Printable.of(text(other, "oldest"))
                        + ", with " + number(other, "members")
                        + " members. Nothing that is published there is delivered here");
            }
        }
        List<String> lines = new ArrayList<>(members.lines());
        lines.addAll(notices);
        for (JsonNode topic : status.path("topics")) {
            lines.add("");
            lines.add("TOPIC " + Printable.of(text(topic, "topic")));
            topic(topic, lines);
        }
        return lines;
    }

    private static void topic(JsonNode topic, List<String> lines) {
        Table producers =
                new Table(1).row("  PRODUCER", "OLDEST", "HEAD", "RING", "BYTES", "WAITING", "EXPIRIES", "STORE");
        Table cursors = new Table(2).row("  CURSOR OF", "AT", "ACKED", "LAG", "IN FLIGHT", "STATE");
        Table consumers = new Table(1).row("  CONSUMER", "FEED", "BYTES", "REGISTERED AGAIN", "EXPIRIES");
        Table registrations = new Table(3).row("  REGISTRATION OF", "WITH", "STATE", "POSITION");
        Table subscriptions = new Table(2).row("  SUBSCRIPTION", "ON", "LAG", "AGE", "EXPIRIES", "STATE");
        Table tables = new Table(1).row("  TABLE ON", "ROWS", "BYTES", "LOADED", "FAILURES", "STATE");
        for (JsonNode producer : topic.path("producers")) {
            if (producer.path("publishes").asBoolean()) {
                producer(producer, producers, cursors);
            }
        }
        for (JsonNode consumer : topic.path("consumers")) {
            consumer(consumer, consumers, registrations, subscriptions);
        }
        for (JsonNode table : topic.path("tables")) {
            table(table, tables);
        }
        for (Table table : List.of(producers, cursors, consumers, registrations, subscriptions, tables)) {
            if (table.lines().size() > 1) {
                lines.addAll(table.lines());
            }
        }
    }

    private static void producer(JsonNode producer, Table producers, Table cursors) {
        String node = text(producer, "node");
        producers.row(
                "  " + node,
                number(producer, "oldest"),
                number(producer, "head"),
                number(producer, "messages") + "/" + number(producer, "max_messages"),
                number(producer, "bytes") + "/" + number(producer, "max_bytes"),
                number(producer, "waiting_publishes"),
                expiries(producer),
                store(producer));
        for (JsonNode cursor : producer.path("cursors")) {
            long reader = cursor.path("reader").asLong();
            cursors.row(
                    "  " + text(cursor, "node") + (reader == 0 ? "" : " (catch-up " + reader + ")"),
                    node,
                    number(cursor, "acked"),
                    number(cursor, "lag"),
                    number(cursor, "bytes_in_flight"),
                    text(cursor, "state"));
        }
    }

    private static String store(JsonNode producer) {
        JsonNode store = producer.path("store");
        if (store.isMissingNode()) {
            return "memory";
        }
        String since = store.path("since").isTextual() ? " since " + text(store, "since") : "";
        String problem = store.path("problem").isTextual() ? ": " + text(store, "problem") : "";
        return text(store, "state") + since + problem;
    }

    private static void consumer(JsonNode consumer, Table consumers, Table registrations, Table subscriptions) {
        String node = text(consumer, "node");
        consumers.row(
                "  " + node,
                number(consumer, "messages") + "/" + number(consumer, "max_messages"),
                number(consumer, "bytes") + "/" + number(consumer, "max_bytes"),
                number(consumer, "registered_again"),
                expiries(consumer));
        for (JsonNode registration : consumer.path("registrations")) {
            registrations.row(
                    "  " + node,
                    text(registration, "node"),
                    text(registration, "state"),
                    registration.path("seq").isNumber() ? number(registration, "seq") : "-");
        }
        for (JsonNode subscription : consumer.path("subscriptions")) {
            subscriptions.row(
                    "  " + text(subscription, "id"),
                    node,
                    number(subscription, "lag"),
                    seconds(subscription, "lag_ms"),
                    expiries(subscription),
                    state(subscription));
        }
        long more = consumer.path("subscription_count").asLong()
                - consumer.path("subscriptions").size();
        if (more > 0) {
            subscriptions.row("  " + number(more) + " more", node, "", "", "", "");
        }
    }

    private static String state(JsonNode subscription) {
        StringBuilder state = new StringBuilder(text(subscription, "state").replace('_', ' '));
        if (isPositive(subscription, "reloading_ms")) {
            state.append(" for ").append(seconds(subscription, "reloading_ms"));
        }
        if (isPositive(subscription, "reload_failures")) {
            state.append(", ").append(number(subscription, "reload_failures")).append(" reloads failed");
        }
        if (subscription.path("holding_ms").asLong() >= 1000) {
            state.append(", at one event for ").append(seconds(subscription, "holding_ms"));
        }
        if (isPositive(subscription, "failures")) {
            state.append(", ").append(number(subscription, "failures")).append(" messages failed");
        }
        if (isPositive(subscription, "wrong_class")) {
            state.append(", OF A WRONG CLASS ").append(number(subscription, "wrong_class"));
        }
        if (isPositive(subscription, "violations")) {
            state.append(", ORDER VIOLATIONS ").append(number(subscription, "violations"));
        }
        named(subscription.path("named"), text(subscription, "state").equals("waiting_for_store"), state);
        return state.append(subscription.path("paused").asBoolean() ? ", paused" : "")
                .toString();
    }

    private static void named(JsonNode named, boolean isWaiting, StringBuilder state) {
        if (named.isMissingNode()) {
            return;
        }
        state.append(", named ").append(text(named, "name"));
        if (named.path("failing_since").isTextual()) {
            state.append(isWaiting ? ", NOT OPENED, its store fails since " : ", TOKEN NOT STORED since ")
                    .append(text(named, "failing_since"))
                    .append(": ")
                    .append(text(named, "problem"));
        }
    }

    private static void table(JsonNode table, Table tables) {
        boolean live = text(table, "state").equals("live");
        String state = live ? "live" : text(table, "state").toUpperCase(Locale.ROOT);
        tables.row(
                "  " + text(table, "node"),
                number(table, "rows"),
                isPositive(table, "bytes") ? number(table, "bytes") : "-",
                table.path("loaded").isTextual() ? text(table, "loaded") : "-",
                number(table, "failures"),
                state + " since " + text(table, "since") + (live ? "" : ": " + text(table, "problem"))
                        + (table.path("reading").asBoolean() ? ", its source is being read" : ""));
    }

    private static String text(JsonNode of, String field) {
        return of.path(field).asText();
    }

    private static boolean isPositive(JsonNode of, String field) {
        return of.path(field).asLong() > 0;
    }

    private static String seconds(JsonNode of, String field) {
        return number(of.path(field).asLong() / 1000) + " s";
    }

    private static String number(JsonNode of, String field) {
        return number(of.path(field).asLong());
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static String expiries(JsonNode of) {
        String text = of.path("expiries").properties().stream()
                .filter(entry -> entry.getValue().asLong() > 0)
                .map(entry -> entry.getKey() + " " + number(entry.getValue().asLong()))
                .collect(Collectors.joining(", "));
        return text.isEmpty() ? "0" : text;
    }
}
