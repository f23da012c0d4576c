package dev.gapless.multijvm.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.multijvm.bench.Await;
import dev.gapless.multijvm.bench.TestCluster;
import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.checker.Checker;
import dev.gapless.multijvm.node.Arguments;
import dev.gapless.multijvm.node.Journal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A tool joins behind a token, publishes, and is gone when the token is resumed: twice under one name, in two ways. */
@Tag("thorough")
@Tag("day0")
class ShortIncarnationsTest {
    private static final List<String> TOPICS = List.of("lines");
    private static final String SETTINGS = """
            pekko.cluster.split-brain-resolver { stable-after = 3s, down-all-when-unstable = 20s }
            gapless { producer-return-timeout = 3s, ready-timeout = 5s, reload-backoff.max = 1s }
            """;

    private Subscriptions subscriptions;
    private Tools tools;
    private List<TestNode> readers;

    @Test
    void ruleT2_whatAToolPublishedBetweenATokenAndItsResumptionIsTold() throws IOException {
        Path journals = Files.createTempDirectory(Files.createDirectories(Path.of("target", "multijvm")), "ShortLives");
        Checker checker = new Checker(journals, Map.of());
        subscriptions = new Subscriptions(journals);
        try (TestCluster cluster =
                TestCluster.named("ShortLives").with(SETTINGS).start(2)) {
            tools = new Tools(cluster, new Journal(journals.toString(), "faults"), subscriptions);
            readers = List.of(cluster.node(1), cluster.node(2));
            readers.forEach(reader -> subscriptions.journal(reader, TOPICS, 1));
            comesAndGoesBehindAToken(Tools::leave);
            comesAndGoesBehindAToken(Tools::kill);
            readers.forEach(reader -> reader.call("traffic", Arguments.of("on", false)));
            try {
                Await.value("everybody is level or told", () -> lacking(checker), Map::isEmpty);
            } finally {
                checker.judge();
            }
            assertEquals(List.of(), List.copyOf(checker.violations()), journals::toString);
            System.out.println(checker.counts());
            assertTrue(checker.counts().getOrDefault("incarnations behind a token, announced in numbers", 0L) > 0);
            assertTrue(checker.counts().getOrDefault("incarnations behind a token, announced without numbers", 0L) > 0);
        }
        LongFaultsTest.delete(journals);
    }

    private void comesAndGoesBehindAToken(BiConsumer<Tools, TestNode> end) {
        TestNode first = readers.get(0);
        TestNode second = readers.get(1);
        Subscriptions.Entry before = ready(subscriptions.subscribeFurther(first, TOPICS.get(0), "latest"));
        first.call("journal-cancel", Arguments.of("id", before.id));
        Subscriptions.Token token =
                Await.value("it has a token", () -> subscriptions.lastToken(before), t -> t != null);
        TestNode tool = tools.begin();
        tools.awaitUp(tool, new Bystanders(readers));
        tools.publish(tool, TOPICS);
        end.accept(tools, tool);
        tools.end(tool);
        for (TestNode reader : readers) {
            Await.value(tool + " is gone", reader::members, m -> !m.all().contains(tool.address()));
        }
        ready(subscriptions.resume(second, token, true));
    }

    private static Subscriptions.Entry ready(Subscriptions.Entry entry) {
        Await.until(
                entry.id + " is ready",
                () -> entry.node
                        .call("journal-ready", Arguments.of("id", entry.id))
                        .equals("true"));
        return entry;
    }

    private static Map<String, String> lacking(Checker checker) {
        checker.read();
        return checker.lacking();
    }
}
