package dev.gapless.multijvm.faults;

import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.node.Arguments;
import dev.gapless.multijvm.node.Json;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** The subscriptions of all nodes, living ones and those that are over. Thread-safe. */
final class Subscriptions {
    /** Beside those that a node begins with, so many live at once. */
    private static final int FURTHER = 6;

    private static final int TAIL_BYTES = 64 * 1024;

    private final Path journals;
    private final List<Entry> all = new ArrayList<>();
    private int count;

    Subscriptions(Path journals) {
        this.journals = journals;
    }

    /** A subscription of one incarnation of a node. */
    static final class Entry {
        final String id;
        final String topic;
        final TestNode node;
        private final boolean further;
        private boolean over;

        private Entry(String id, String topic, TestNode node, boolean further) {
            this.id = id;
            this.topic = topic;
            this.node = node;
            this.further = further;
        }
    }

    /** A token, and the journal that says what it stands for. */
    record Token(Entry source, int number, String text) {}

    /** The node publishes to these topics from now on, and writes down what it does. Returns what its journals are called by. */
    String journal(TestNode node, List<String> topics, int largestBurst) {
        return journal(node, topics, largestBurst, false);
    }

    /** The same, but whether or not it is a member yet. */
    String journalEarly(TestNode node, List<String> topics, int largestBurst) {
        return journal(node, topics, largestBurst, true);
    }

    private String journal(TestNode node, List<String> topics, int largestBurst, boolean early) {
        String its = node.call(
                "journal",
                Arguments.of("directory", journals)
                        .and("topics", String.join(",", topics))
                        .and("largest-burst", largestBurst)
                        .and("early", early));
        return Json.read(its, String.class);
    }

    /** What it publishes to a topic. */
    Path publisherJournal(String topic, TestNode node, String its) {
        return journals.resolve("publisher-" + topic + "-" + node.name() + "-" + its + ".journal");
    }

    /** Those that every node begins with. */
    void subscribe(TestNode node, String topic, String from) {
        begin(node, topic, false, Arguments.of("from", from));
    }

    /** One of those, to what is published from now on. */
    Entry subscribe(TestNode node, String topic) {
        return begin(node, topic, false, Arguments.of("from", "latest"));
    }

    /** One more, in exchange for another if there are enough. */
    Entry subscribeFurther(TestNode node, String topic, String from) {
        return begin(node, topic, true, Arguments.of("from", from));
    }

    /**
     * Goes on where another one was.
     *
     * @param further not one of those that every node begins with
     */
    Entry resume(TestNode node, Token token, boolean further) {
        return begin(
                node,
                token.source().topic,
                further,
                Arguments.of("from", token.text())
                        .and("source", token.source().id)
                        .and("token", token.number()));
    }

    private Entry begin(TestNode node, String topic, boolean further, Arguments arguments) {
        Entry entry;
        synchronized (this) {
            entry = new Entry("s" + ++count, topic, node, further);
        }
        node.call(
                "journal-subscribe",
                arguments.and("directory", journals).and("id", entry.id).and("topic", topic));
        synchronized (this) {
            all.add(entry);
        }
        return entry;
    }

    /** One of the further ones on these nodes, if there are too many of them, is cancelled; it may be resumed. */
    void cancelOneOf(List<TestNode> nodes, Random random) {
        Entry entry;
        synchronized (this) {
            List<Entry> living = living(nodes).stream().filter(e -> e.further).toList();
            if (all.stream().filter(e -> e.further && !e.over).count() <= FURTHER || living.isEmpty()) {
                return;
            }
            entry = living.get(random.nextInt(living.size()));
            entry.over = true;
        }
        entry.node.call("journal-cancel", Arguments.of("id", entry.id));
    }

    synchronized List<Entry> living(List<TestNode> nodes) {
        return all.stream().filter(e -> !e.over && nodes.contains(e.node)).toList();
    }

    /** The process is over, and its subscriptions with it. */
    synchronized void ended(TestNode node) {
        all.stream().filter(e -> e.node == node).forEach(e -> e.over = true);
    }

    /** The last token of any subscription, also of one that is over; null if the one that is drawn has none. */
    private Token anyToken(Random random) {
        Entry source;
        synchronized (this) {
            source = all.get(random.nextInt(all.size()));
        }
        return lastToken(source);
    }

    /** The last token of a subscription of another node than this one. */
    Token awaitToken(TestNode node, Random random) {
        AtomicReference<Token> token = new AtomicReference<>();
        Lasting.until("another node has written a token", List.of(node), () -> {
            token.set(anyToken(random));
            return token.get() != null && token.get().source().node != node;
        });
        return token.get();
    }

    /** The last token that this node wrote for the topic, in the incarnation before; null if there is none. */
    Token ownToken(TestNode node, String topic) {
        Entry source = null;
        synchronized (this) {
            for (Entry entry : all) {
                source = entry.node == node && entry.topic.equals(topic) && !entry.further ? entry : source;
            }
        }
        return source == null ? null : lastToken(source);
    }

    /** Has each of its own subscriptions reloaded after it was told of gaps, at least once? */
    boolean haveReloaded(TestNode node) {
        return living(List.of(node)).stream().filter(entry -> !entry.further).allMatch(entry -> {
            try (Stream<String> lines = Files.lines(journals.resolve("subscription-" + entry.id + ".journal"))) {
                return lines.anyMatch("r"::equals);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** The last token that it wrote; null if there is none. */
    Token lastToken(Entry source) {
        String[] lines = tail(source.id).split("\n", -1);
        for (int i = lines.length - 2; i > 0; i--) { // the first may lack its beginning, the last its end
            String[] words = lines[i].split(" ", -1);
            if (words[0].equals("t")) {
                return new Token(source, Integer.parseInt(words[1]), words[2]);
            }
        }
        return null;
    }

    private String tail(String id) {
        Path journal = journals.resolve("subscription-" + id + ".journal");
        try (RandomAccessFile in = new RandomAccessFile(journal.toFile(), "r")) {
            in.seek(Math.max(0, in.length() - TAIL_BYTES));
            byte[] bytes = new byte[TAIL_BYTES];
            int length = Math.max(0, in.read(bytes));
            return new String(bytes, 0, length, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
