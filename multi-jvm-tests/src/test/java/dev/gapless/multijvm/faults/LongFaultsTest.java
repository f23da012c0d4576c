package dev.gapless.multijvm.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.multijvm.bench.Await;
import dev.gapless.multijvm.bench.TestCluster;
import dev.gapless.multijvm.checker.Checker;
import dev.gapless.multijvm.node.Journal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Five nodes and their guests publish all the time, and meet one fault after another, in rounds. At the end of each round
 * nobody publishes any more, and the checker has to find everybody level, or told. {@code -Dmultijvm.faults.minutes=10}
 * makes it longer, {@code -Dmultijvm.faults.seed} draws the same faults again.
 */
@Isolated("its nodes are as many as those of two other classes")
@Tag("thorough")
@Tag("day1")
class LongFaultsTest {
    private static final @Nullable Integer MINUTES = Integer.getInteger("multijvm.faults.minutes");
    private static final Duration TIME = MINUTES == null ? Duration.ofSeconds(60) : Duration.ofMinutes(MINUTES);
    private static final Duration ROUND = Duration.ofSeconds(30);
    /** Each kind of fault must have taken place by then, though many are interrupted: in these rounds they come one by one. */
    private static final int MOST_FURTHER_ROUNDS = 6;

    /** Each build draws the same faults; whoever asks for more time gets others each time. */
    private static final long SEED =
            Long.getLong("multijvm.faults.seed", MINUTES == null ? 11 : new Random().nextInt(1_000_000));

    private static final int RETURN_TIMEOUT_MS = 3_000;
    private static final long NORMAL_RING = 65_536;

    private final long beganNs = System.nanoTime();
    private long longestRecoveryNs;
    private int rounds;

    @Test
    void whateverHappensEverythingIsDeliveredOrAnnounced() throws IOException, InterruptedException {
        Path journals = Files.createTempDirectory(Files.createDirectories(Path.of("target", "multijvm")), "journals-");
        System.out.println("Long faults: seed " + SEED + ", journals in " + journals);
        Checker checker = new Checker(journals, Map.of("normal", NORMAL_RING));
        try (TestCluster cluster =
                TestCluster.named("LongFaults").with("""
                        pekko.cluster.failure-detector.acceptable-heartbeat-pause = 6s
                        pekko.cluster.split-brain-resolver { stable-after = 4s, down-all-when-unstable = 20s }
                        pekko.coordinated-shutdown.run-by-jvm-shutdown-hook = on
                        gapless {
                          other-cluster = give-way
                          other-cluster-grace = 2s
                          producer-return-timeout = %dms
                          ready-timeout = 3s
                          reload-backoff.max = 1s
                          topics {
                            tiny.buffer-messages = 100
                            small.buffer-messages = 400
                            normal.buffer-messages = %d
                            waiting { buffer-messages = 200, overflow = backpressure, backpressure-timeout = 3s }
                          }
                        }
                        """.formatted(RETURN_TIMEOUT_MS, NORMAL_RING))) {
            run(cluster, journals, checker);
        } finally {
            print(checker);
        }
        assertTrue(checker.violations().isEmpty(), () -> String.join("\n", checker.violations()));
        for (Fault fault : Fault.values()) {
            assertTrue(checker.counts().getOrDefault("fault: " + fault, 0L) > 0, fault + " never took place");
        }
        delete(journals);
    }

    private void run(TestCluster cluster, Path journals, Checker checker) throws InterruptedException {
        Journal journal = new Journal(journals.toString(), "faults");
        Subscriptions subscriptions = new Subscriptions(journals);
        Population population = new Population(cluster, journal, subscriptions);
        Tools tools = new Tools(cluster, journal, subscriptions);
        Faults faults = new Faults(cluster, population, subscriptions, tools, RETURN_TIMEOUT_MS);
        population.start();
        long endNs = System.nanoTime() + TIME.toNanos();
        int furtherRounds = 0;
        try (FaultSchedule schedule = new FaultSchedule(faults, population, journal, new Random(SEED))) {
            while (System.nanoTime() - endNs < 0 || !schedule.outstanding().isEmpty()) {
                boolean isFurther = System.nanoTime() - endNs >= 0;
                assertTrue(!isFurther || ++furtherRounds <= MOST_FURTHER_ROUNDS, schedule::lacking);
                schedule.runUntil(System.nanoTime() + ROUND.toNanos(), isFurther);
                isLevelOrTold(cluster, population, checker);
                if (!checker.violations().isEmpty()) {
                    return;
                }
                population.traffic(true);
            }
        }
    }

    /** No fault lasts and nobody publishes: guarantee G6. */
    private void isLevelOrTold(TestCluster cluster, Population population, Checker checker) {
        long healedNs = System.nanoTime();
        population.settle();
        population.traffic(false);
        try {
            Await.value("everybody is level or told", () -> lacking(checker), Map::isEmpty);
        } catch (AssertionError e) {
            System.out.println(e.getMessage() + "\n" + cluster.links());
        }
        longestRecoveryNs = Math.max(longestRecoveryNs, System.nanoTime() - healedNs);
        rounds++;
        checker.judge();
    }

    private static Map<String, String> lacking(Checker checker) {
        checker.read();
        return checker.lacking();
    }

    private void print(Checker checker) {
        Map<String, Object> table = new TreeMap<>(checker.counts());
        table.put("violations", checker.violations().size());
        table.put("seed", SEED);
        table.put("rounds", rounds);
        table.put("seconds", Duration.ofNanos(System.nanoTime() - beganNs).toSeconds());
        table.put("longest recovery, ms", Duration.ofNanos(longestRecoveryNs).toMillis());
        System.out.println("Long faults on real JVMs");
        table.forEach((what, count) -> System.out.printf("  %-52s %12s%n", what, count));
        checker.violations().stream().limit(20).forEach(v -> System.out.println("  " + v));
    }

    static void delete(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(directory)) {
            files = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
    }
}
