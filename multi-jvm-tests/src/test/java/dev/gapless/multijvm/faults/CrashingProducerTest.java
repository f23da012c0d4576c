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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A process publishes as soon as it has started, is killed as soon as something is accepted, and starts again, and again. */
@Tag("thorough")
@Tag("day0")
class CrashingProducerTest {
    private static final int LIVES = 5;
    private static final List<String> TOPICS = List.of("early");
    private static final String SETTINGS = """
            pekko.cluster.split-brain-resolver { stable-after = 3s, down-all-when-unstable = 20s }
            gapless { producer-return-timeout = 3s, ready-timeout = 5s, reload-backoff.max = 1s }
            """;

    @Test
    void ruleP14_ofAProducerThatCrashesWhileItJoinsAcceptedIsDeliveredPlusAnnounced() throws IOException {
        Path journals =
                Files.createTempDirectory(Files.createDirectories(Path.of("target", "multijvm")), "CrashingProducer");
        Journal faults = new Journal(journals.toString(), "faults");
        Subscriptions subscriptions = new Subscriptions(journals);
        Checker checker = new Checker(journals, Map.of());
        try (TestCluster cluster =
                TestCluster.named("CrashingProducer").with(SETTINGS).start(2)) {
            List<TestNode> readers = List.of(cluster.node(1), cluster.node(2));
            for (TestNode reader : readers) {
                subscriptions.journal(reader, TOPICS, 1);
                subscriptions.subscribe(reader, TOPICS.get(0), "latest");
            }
            subscriptions
                    .living(readers)
                    .forEach(s -> Await.until(
                            s.id + " is ready",
                            () -> s.node.call("journal-ready", Arguments.of("id", s.id))
                                    .equals("true")));
            TestNode crashing = cluster.add().awaitStarted();
            for (int incarnation = 1; incarnation <= LIVES; incarnation++) {
                if (incarnation > 1) {
                    crashing.restart();
                }
                String its = subscriptions.journalEarly(crashing, TOPICS, 50);
                Path published = subscriptions.publisherJournal(TOPICS.get(0), crashing, its);
                Await.until(crashing + " has published", crashing::log, () -> Tools.hasPublished(published));
                crashing.kill();
                assertTrue(crashing.wasKilled());
                faults.timed("over", crashing.name());
            }
            cluster.awaitUp();
            readers.forEach(reader -> reader.call("traffic", Arguments.of("on", false)));
            try {
                Await.value("everybody is level or told", () -> lacking(checker), Map::isEmpty);
            } finally {
                checker.judge();
            }
            assertEquals(List.of(), List.copyOf(checker.violations()), journals::toString);
            System.out.println(checker.counts());
            assertTrue(checker.counts().getOrDefault("expired: PRODUCER_LOST", 0L) >= readers.size());
        }
        LongFaultsTest.delete(journals);
    }

    private static Map<String, String> lacking(Checker checker) {
        checker.read();
        return checker.lacking();
    }
}
