package dev.gapless.examples.pricing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gapless.examples.pricing.checker.PriceChecker;
import dev.gapless.examples.pricing.checker.Row;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A publisher and two instances, each a JVM, are killed and stopped, and their database goes away. Whenever that is over, each instance shows
 * what the database has, in its table and in its cache, and its health is what is so; and meanwhile no version falls at any of them. {@code -Dpricing.minutes=5} goes on with
 * all faults, and with processes that stand still for 45 s; {@code -Dpricing.seed=7} draws the same faults again.
 */
@Tag("thorough")
@Tag("day1")
class PricingFaultsTest {
    private enum Fault {
        KILL_READER,
        KILL_PUBLISHER,
        /** It stands still until the others have removed it. */
        STOP_READER,
        STOP_PUBLISHER,
        NO_DATABASE_AT_START,
        NO_DATABASE_FOR_A_RELOAD
    }

    private static final int MINUTES = Integer.getInteger("pricing.minutes", 0);
    private static final Duration DEADLINE = Duration.ofSeconds(Long.getLong("pricing.deadline", 120));
    private static final int RING = 50;
    private static final int LIVENESS_IS_ASKED_FOR = 2;

    /** Those of a short run. The database is away when the reader that was removed starts again. */
    private static final Set<Fault> SHORT =
            EnumSet.of(Fault.NO_DATABASE_FOR_A_RELOAD, Fault.KILL_PUBLISHER, Fault.STOP_READER);

    /** What may be under way to a reader is less than what it misses: what lies in its sockets, it gets. */
    private static final List<String> SMALL = List.of(
            "--gapless.buffer-messages=" + RING,
            "--gapless.batch-bytes=1 KiB",
            "--gapless.window-bytes=1 KiB",
            "--gapless.max-message-bytes=1 KiB");

    /** A short run joins and removes sooner. A long one has Pekko's and Gapless's own times. */
    private static final List<String> SOONER = List.of(
            "--pekko.cluster.gossip-interval=200ms",
            "--pekko.cluster.leader-actions-interval=200ms",
            "--pekko.cluster.periodic-tasks-initial-delay=200ms",
            "--pekko.cluster.retry-unsuccessful-join-after=1s",
            "--pekko.cluster.failure-detector.acceptable-heartbeat-pause=3s",
            "--pekko.cluster.split-brain-resolver.stable-after=2s",
            "--gapless.reload-interval=200ms");

    private static final Duration STANDSTILL = MINUTES == 0 ? Duration.ZERO : Duration.ofSeconds(45);

    private final long beganNs = System.nanoTime();
    private final long seed = Long.getLong("pricing.seed", new Random().nextInt(1_000_000));
    private final Random random = new Random(seed);
    private final PriceChecker checker = new PriceChecker();
    private final Map<Fault, Integer> took = new EnumMap<>(Fault.class);
    private final Map<String, Integer> counts = new TreeMap<>();
    private final List<Instance> instances = new ArrayList<>();
    private Database database;
    private Traffic traffic;
    private HealthWatch health;

    @AfterEach
    void end() throws Exception {
        if (traffic != null) {
            traffic.end();
        }
        if (health != null) {
            health.end();
        }
        instances.forEach(Instance::close);
        if (database != null) {
            database.close();
        }
    }

    @Test
    void showsWhatTheDatabaseHasAfterAllThatHappened() throws Exception {
        Path directory = Files.createTempDirectory(Files.createDirectories(Path.of("target", "pricing")), "run-")
                .toAbsolutePath();
        System.out.println("-Dpricing.seed=" + seed + ", logs in " + directory);
        start(directory);
        traffic = new Traffic(checker, publisher(), instances, new Random(random.nextLong()));
        health = new HealthWatch(instances);
        traffic.writes(true);
        settle();
        List<Fault> all = new ArrayList<>(MINUTES == 0 ? SHORT : EnumSet.allOf(Fault.class));
        long endNs = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);
        try {
            do {
                Collections.shuffle(all, random);
                for (Fault fault : all) {
                    strike(fault);
                    settle();
                }
            } while (System.nanoTime() - endNs < 0);
        } finally {
            print();
        }
        assertThat(checker.violations()).as("%s", directory).isEmpty();
        assertThat(took.keySet()).containsAll(all).contains(Fault.NO_DATABASE_AT_START);
        assertThat(checker.reads()).isGreaterThan(counts.get("comparisons"));
        assertThat(health.looks()).containsKeys("member, rows: ready 200", "member, no rows: ready 503");
        assertThat(health.longest()).doesNotContainKey(HealthWatch.Difference.NOT_LIVE_THOUGH_A_MEMBER);
        if (!Boolean.getBoolean("pricing.keep")) {
            delete(directory);
        }
    }

    // ------------------------------------------------------------------ instances

    private void start(Path directory) throws Exception {
        database = new Database();
        List<Integer> ports = freePorts(6);
        List<String> common = new ArrayList<>(SMALL);
        common.addAll(List.of(
                "--spring.datasource.url=" + database.url(),
                "--pekko.cluster.seed-nodes=pekko://gapless@127.0.0.1:" + ports.get(0) + ",pekko://gapless@127.0.0.1:"
                        + ports.get(1) + ",pekko://gapless@127.0.0.1:" + ports.get(2)));
        if (MINUTES == 0) {
            common.addAll(SOONER);
        }
        for (int i = 0; i < 3; i++) {
            List<String> arguments = new ArrayList<>(common);
            if (i == 0) {
                arguments.add("--spring.profiles.active=publisher");
            } else if (i == LIVENESS_IS_ASKED_FOR) {
                arguments.add("--gapless.on-removed=health");
            }
            instances.add(new Instance(
                    i == 0 ? "publisher" : "reader-" + i, ports.get(i), ports.get(3 + i), directory, arguments));
        }
        await("all are ready", () -> instances.stream().allMatch(Instance::isReady));
        say("all are ready");
    }

    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            sockets.add(socket);
            ports.add(socket.getLocalPort());
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return ports;
    }

    private Instance publisher() {
        return instances.get(0);
    }

    private Instance reader() {
        return instances.get(1 + random.nextInt(2));
    }

    /** Waits for a condition, and does meanwhile what a supervisor does. */
    private void await(String what, Callable<Boolean> condition) throws Exception {
        await(what, List.of(), condition);
    }

    private void await(String what, List<Instance> leftAlone, Callable<Boolean> condition) throws Exception {
        long untilNs = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime() - untilNs)
                    .as("Not within %s: %s", DEADLINE, what)
                    .isNegative();
            for (Instance instance : instances) {
                if (!leftAlone.contains(instance)) {
                    supervise(instance);
                }
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    /** One that has ended starts again, and so does one whose liveness is broken. */
    private void supervise(Instance instance) {
        boolean asksForLiveness = instances.indexOf(instance) == LIVENESS_IS_ASKED_FOR;
        if (instance.process().isAlive() && !(asksForLiveness && isBroken(instance))) {
            return;
        }
        count("ended by itself, or liveness broken: " + instance.name());
        instance.close();
        instance.start();
    }

    private static boolean isBroken(Instance instance) {
        return instance.asks("/actuator/health/liveness") == 503;
    }

    // ------------------------------------------------------------------ faults

    private void strike(Fault fault) throws Exception {
        switch (fault) {
            case KILL_READER -> kill(reader());
            case KILL_PUBLISHER -> kill(publisher());
            case STOP_READER -> stop(reader());
            case STOP_PUBLISHER -> stop(publisher());
            case NO_DATABASE_AT_START -> startWithoutDatabase(reader());
            case NO_DATABASE_FOR_A_RELOAD -> reloadWithoutDatabase(reader());
        }
        tookPlace(fault);
    }

    private void tookPlace(Fault fault) {
        took.merge(fault, 1, Integer::sum);
        say(fault + " took place");
    }

    private void say(String what) {
        System.out.printf("%5.1f s: %s%n", (System.nanoTime() - beganNs) / 1e9, what);
    }

    private void kill(Instance instance) throws Exception {
        isKilled(instance);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(3_000)));
        instance.start();
        await(instance.name() + " is ready again", instance::isReady);
    }

    private static void isKilled(Instance instance) {
        instance.close();
        assertThat(instance.process().exitStatus()).isEqualTo(128 + 9);
    }

    private void stop(Instance instance) throws Exception {
        ServiceProcess process = instance.process();
        long untilNs = System.nanoTime() + STANDSTILL.toNanos();
        process.signal("STOP");
        await("it stands still", List.of(instance), process::isStopped);
        List<Instance> others =
                instances.stream().filter(other -> other != instance).toList();
        await(
                "the others have removed " + instance.name(),
                List.of(instance),
                () -> System.nanoTime() - untilNs > 0
                        && others.stream().allMatch(other -> hasRemoved(other, instance)));
        process.signal("CONT");
        if (instances.indexOf(instance) == LIVENESS_IS_ASKED_FOR) {
            await("its liveness is broken", List.of(instance), () -> isBroken(instance));
            await(
                    "nothing old is shown",
                    List.of(instance),
                    () -> instance.asks("/prices") == 503 && instance.asks("/cached") == 503);
            await("it is not ready", List.of(instance), () -> !instance.isReady());
            count("removed, and liveness broken");
        } else {
            await("it ends", List.of(instance), () -> !process.isAlive());
            assertThat(process.exitStatus()).isEqualTo(1);
            assertThat(instance.out()).content().contains("gapless.on-removed = exit");
            count("removed, and ended with status 1");
        }
        if (MINUTES == 0) {
            startWithoutDatabase(instance);
            tookPlace(Fault.NO_DATABASE_AT_START);
        } else {
            instance.close();
            instance.start();
            await(instance.name() + " is ready again", instance::isReady);
        }
    }

    private static boolean hasRemoved(Instance other, Instance instance) {
        var members = other.status("members");
        return members.isArray() && !members.toString().contains(instance.address() + "\"");
    }

    private void startWithoutDatabase(Instance instance) throws Exception {
        database.goesAway();
        instance.close();
        instance.start();
        await("it cannot read", () -> instance.status("failures").asInt() > 0);
        assertThat(instance.asks("/actuator/health/readiness")).isEqualTo(503);
        assertThat(instance.asks("/prices")).isEqualTo(503);
        database.comesBack();
        await(instance.name() + " is ready", instance::isReady);
    }

    /** It misses more than the ring has, and cannot read the rows. */
    private void reloadWithoutDatabase(Instance instance) throws Exception {
        ServiceProcess process = instance.process();
        process.signal("STOP");
        long before = traffic.written();
        await("more is written than a ring has", List.of(instance), () -> traffic.written() > before + 2 * RING);
        assertThat(process.isStopped()).isTrue();
        database.goesAway();
        process.signal("CONT");
        await(
                "it is stale, and cannot read",
                () -> instance.process() != process
                        || instance.status("failures").asInt() > 0);
        if (instance.process() == process) {
            assertThat(instance.status("table").asText()).isEqualTo("STALE");
            count("stale, and the database was away");
        }
        database.comesBack();
    }

    // ------------------------------------------------------------------ and when they are over

    private void settle() throws Exception {
        traffic.writes(false);
        Map<String, String> lacks = new TreeMap<>();
        try {
            await("each shows what the database has, and its health is what is so", () -> {
                lacks.clear();
                lacks.putAll(lacking());
                lacks.putAll(health.differences());
                return lacks.isEmpty();
            });
        } catch (AssertionError e) {
            throw new AssertionError("Seed " + seed + ": " + lacks, e);
        }
        assertThat(checker.violations()).isEmpty();
        say("each shows what the database has");
        traffic.writes(true);
        long before = traffic.written();
        await("prices change again", () -> traffic.written() > before + RING);
    }

    private Map<String, String> lacking() throws Exception {
        Map<String, Row> rows = database.rows();
        Map<String, String> lacking = new TreeMap<>();
        for (Instance instance : instances) {
            for (String path : List.of("/prices", "/cached")) {
                String lacks = instance.rows(path)
                        .map(shown -> PriceChecker.differences(rows, shown).toString())
                        .orElse("no answer");
                count("comparisons");
                if (!lacks.equals("{}")) {
                    lacking.put(instance.name() + path, lacks);
                }
            }
        }
        return lacking;
    }

    private void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }

    private void print() {
        Map<String, Object> table = new TreeMap<>(counts);
        took.forEach((fault, times) -> table.put("fault: " + fault, times));
        table.put("reads that were judged", checker.reads());
        health.looks().forEach((what, times) -> table.put("health: " + what, times));
        health.longest().forEach((what, times) -> table.put("health, looks in a row: " + what, times));
        table.put("changes confirmed", traffic.written());
        table.put("changes refused or not answered", traffic.failed());
        table.put("violations", checker.violations().size());
        table.forEach((what, count) -> System.out.printf("  %-60s %10s%n", what, count));
        checker.violations().forEach(violation -> System.out.println("  " + violation));
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Collections.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
