package dev.gapless.multijvm.faults;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.multijvm.node.EventLine;
import dev.gapless.multijvm.node.Journal;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** Writes down what a client in JavaScript tells (src/test/js/harness.mjs), as the checker reads it. Each subscription of its is one of a journal. */
final class ScriptedClient {
    private final String name;
    private final Path journals;
    private final Function<String, String> incarnations;
    private final Map<String, TopicHistory> topics = new HashMap<>();
    private final List<String> wrong = new CopyOnWriteArrayList<>();
    private int runs;
    private int lists;
    private int thens;
    private int ids;
    private int withoutIds;
    private int twice;
    private int general;

    /** @param incarnations that of the process of a node which has a gateway now */
    ScriptedClient(String name, Path journals, Function<String, String> incarnations) {
        this.name = name;
        this.journals = journals;
        this.incarnations = incarnations;
    }

    /** What it did in one topic. */
    private final class TopicHistory {
        private final String topic;
        private Journal journal;
        private String session;
        private int sessions;
        private int tokens;
        private int told;
        private int reloaded;

        TopicHistory(String topic) {
            this.topic = topic;
        }

        /** It goes on where it is, elsewhere. */
        void begins(JsonNode record) {
            String before = session;
            String from = EventLine.text(record, "from");
            lists += from != null && from.startsWith("{\"positions\"") ? 1 : 0;
            thens += from != null && from.startsWith("{\"token\"") ? 1 : 0;
            if (record.get("ids").booleanValue()) {
                ids++;
            } else {
                withoutIds++;
            }
            if (journal != null) {
                journal.line("t", ++tokens, from, EventLine.text(record, "ns"));
                journal.line("e", "LEFT", EventLine.text(record, "ns"));
            }
            String node = EventLine.text(record, "node");
            session = name + "-" + topic + "-" + ++sessions;
            journal = new Journal(journals.toString(), "subscription-" + session);
            journal.line(
                    "subscription",
                    session,
                    topic,
                    node,
                    incarnations.apply(node),
                    before == null ? "-" : before,
                    before == null ? 0 : tokens,
                    EventLine.text(record, "ns"));
        }

        void take(JsonNode record) {
            switch (record.get("kind").textValue()) {
                case "session" -> begins(record);
                case "ready" -> {
                    journal.line("y", record.get("silent").intValue(), EventLine.text(record, "ns"));
                    twice += record.get("twice").booleanValue() ? 1 : 0;
                }
                case "event" -> EventLine.given(record.get("event"), journal);
                case "left" -> EventLine.left(record.get("event"), journal);
                case "told" -> told++;
                case "gaps" -> {
                    journal.line("x", record.get("gaps").size(), EventLine.text(record, "ns"));
                    record.get("gaps").forEach(gap -> {
                        EventLine.gap(gap, journal);
                        general += gap.get("node").isNull() ? 1 : 0;
                    });
                }
                case "reloaded" -> {
                    journal.line("r");
                    reloaded++;
                    if (reloaded > told) {
                        wrong.add(name + " reloaded " + topic + " " + reloaded + " times, and was told " + told
                                + " times");
                    }
                }
                case "failed" -> journal.line("z");
                default -> throw new IllegalStateException(record.toString());
            }
        }
    }

    /** It tells these, behind those before. */
    synchronized void tells(JsonNode records) {
        for (JsonNode record : records) {
            switch (record.get("kind").textValue()) {
                case "wrong" -> wrong.add(name + ": " + record.get("what").textValue());
                case "run" -> runs++;
                default ->
                    topics.computeIfAbsent(record.get("topic").textValue(), TopicHistory::new)
                            .take(record);
            }
        }
    }

    /** What it must never tell. */
    List<String> wrong() {
        return List.copyOf(wrong);
    }

    /** How often it has subscribed, to the topic where that is least. */
    synchronized int sessions(int topicCount) {
        return topics.size() < topicCount
                ? 0
                : topics.values().stream().mapToInt(one -> one.sessions).min().orElse(0);
    }

    /** How often it was told of gaps. */
    synchronized int told() {
        return topics.values().stream().mapToInt(one -> one.told).sum();
    }

    /** Whether it has reloaded as often as it was told. */
    synchronized boolean hasReloaded() {
        return topics.values().stream().allMatch(one -> one.reloaded == one.told);
    }

    /** How often it has come back by positions of its own. */
    synchronized int lists() {
        return lists;
    }

    /** How often it has come back by a token, and what came since. */
    synchronized int thens() {
        return thens;
    }

    /** How often it has asked for a token with each event. */
    synchronized int ids() {
        return ids;
    }

    /** How often it has asked for none. */
    synchronized int withoutIds() {
        return withoutIds;
    }

    /** How often it was told of two streams of one node, when it was subscribed. */
    synchronized int twice() {
        return twice;
    }

    /** Of how many gaps without a node it was told. */
    synchronized int general() {
        return general;
    }

    @Override
    public synchronized String toString() {
        return name + " was told " + told() + " times, of " + general + " gaps without a node, reloaded in " + runs
                + " runs, came back " + thens + " times by a token and what came since, " + lists
                + " times by positions, and stood " + twice + " times in two streams of one node";
    }
}
