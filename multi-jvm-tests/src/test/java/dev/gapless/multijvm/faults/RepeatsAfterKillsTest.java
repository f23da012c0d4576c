package dev.gapless.multijvm.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.multijvm.bench.Await;
import dev.gapless.multijvm.bench.TestCluster;
import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.node.Arguments;
import dev.gapless.multijvm.node.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The node of a durable topic is killed while many publish there with an {@code Idempotency-Key}, and each repeats what had no answer until
 * it has one. An answer that comes in the last moment before a kill is lost, as on a network that breaks with the process.
 * {@code -Drepeats.seed=1} draws as another run did.
 */
@Order(2) // takes long
@Tag("thorough")
@Tag("day2")
class RepeatsAfterKillsTest {
    private static final String TOPIC = "ids";
    private static final int PUBLISHERS = 16;
    private static final int FEWEST_KILLS = 2;
    private static final int MOST_KILLS = 12;
    /** At most so many messages are answered between a start and a kill. */
    private static final int LONGEST = 400;

    private static final Duration LONGEST_LAST_MOMENT = Duration.ofMillis(20);
    private static final Duration BETWEEN_REPEATS = Duration.ofMillis(50);

    private static final String SETTINGS = """
            pekko.cluster.downing-provider-class = "" # a dead member stays until its successor has it removed
            gapless { topics.ids.durability = journal, gateway { port = 0, grpc-port = off } }
            """;

    /** Where it listens, and which start of its node it is. */
    private record Gateway(int start, int port) {
        HttpRequest.Builder request(String path) {
            return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/topics/" + TOPIC + path));
        }
    }

    private record Place(String epoch, long sequence) {
        static Place of(JsonNode position) {
            return new Place(
                    position.get("epoch").textValue(), position.get("seq").longValue());
        }
    }

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private volatile Gateway gateway;
    private volatile boolean isLastMoment;
    private volatile boolean isOver;
    private final AtomicInteger numbers = new AtomicInteger();
    private final Map<String, Place> answered = new ConcurrentHashMap<>();
    /** By the first answers that each start of the node gave. */
    private final Map<Integer, String> epochs = new ConcurrentHashMap<>();
    /** What a repeat was answered with, by the start that answered it. */
    private final Map<Place, Integer> repeats = new ConcurrentHashMap<>();

    private final Map<String, List<Place>> read = new ConcurrentHashMap<>();
    private final List<String> told = new CopyOnWriteArrayList<>();

    private static Gateway open(TestNode node, int start) {
        return new Gateway(start, Json.read(node.call("gateway", Arguments.of("id", "gateway")), Integer.class));
    }

    /** Publishes one message after the other. */
    private void publish() {
        while (!isOver) {
            String key = "k" + numbers.incrementAndGet();
            int attempts = 0;
            while (!answered.containsKey(key)) {
                attempts++;
                Gateway its = gateway;
                Place at = post(its, key);
                if (at == null || (isLastMoment && its.start() == gateway.start())) {
                    LockSupport.parkNanos(BETWEEN_REPEATS.toNanos());
                    continue;
                }
                answered.put(key, at);
                if (attempts == 1) {
                    epochs.putIfAbsent(its.start(), at.epoch());
                } else {
                    repeats.put(at, its.start());
                }
            }
        }
    }

    /** Where it is; null without an answer that says so. */
    private Place post(Gateway to, String key) {
        try {
            HttpResponse<String> answer = http.send(
                    to.request("/messages?key=" + key)
                            .header("Content-Type", "application/json")
                            .header("Idempotency-Key", key)
                            .timeout(Await.DEADLINE)
                            .POST(BodyPublishers.ofString("1"))
                            .build(),
                    BodyHandlers.ofString());
            return answer.statusCode() == 200
                    ? Place.of(Json.read(answer.body(), JsonNode.class)
                            .get("positions")
                            .get(0))
                    : null;
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Reads until the node ends. */
    private void readAll(Stream<String> lines) {
        try {
            read(lines);
        } catch (UncheckedIOException e) {
            if (!isOver) {
                told.add(e.toString());
            }
        }
    }

    private void read(Stream<String> lines) {
        lines.filter(line -> line.startsWith("data:"))
                .map(line -> Json.read(line.substring("data:".length()), JsonNode.class))
                .forEach(event -> {
                    if (event.get("type").textValue().equals("event")) {
                        read.computeIfAbsent(event.get("key").textValue(), key -> new CopyOnWriteArrayList<>())
                                .add(Place.of(event));
                    } else {
                        told.add(event.toString());
                    }
                });
    }

    /** How many repeats were answered with what an earlier incarnation had stored. */
    private long fromBefore() {
        return repeats.entrySet().stream()
                .filter(repeat -> epochs.entrySet().stream()
                        .anyMatch(start -> start.getKey() < repeat.getValue()
                                && start.getValue().equals(repeat.getKey().epoch())))
                .count();
    }

    @Test
    void whatIsRepeatedAfterACrashIsThereOnce() throws Exception {
        long seed = Long.getLong("repeats.seed", System.nanoTime());
        System.out.println("-Drepeats.seed=" + seed);
        Random random = new Random(seed);
        Path stores = Files.createTempDirectory(Files.createDirectories(Path.of("target", "multijvm")), "Repeats")
                .toAbsolutePath();
        ExecutorService threads = Executors.newCachedThreadPool();
        int kills = 0;
        try (TestCluster cluster = TestCluster.named("Repeats")
                .with(SETTINGS)
                .with("gapless.journal { sync = off, directory = \"" + stores + "/\"${gapless.node-name} }")
                .start(2)) {
            TestNode producing = cluster.node(2);
            gateway = open(producing, 0);
            Stream<String> lines = http.send(
                            open(cluster.node(1), 0).request("/events").build(), BodyHandlers.ofLines())
                    .body();
            threads.execute(() -> readAll(lines));
            List<Future<?>> publishers = IntStream.range(0, PUBLISHERS)
                    .<Future<?>>mapToObj(i -> threads.submit(this::publish))
                    .toList();
            while (kills < FEWEST_KILLS || (fromBefore() == 0 && kills < MOST_KILLS)) {
                int until = answered.size() + 1 + random.nextInt(LONGEST);
                Await.until(until + " are answered", () -> answered.size() >= until);
                isLastMoment = true;
                LockSupport.parkNanos(1 + random.nextLong(LONGEST_LAST_MOMENT.toNanos()));
                producing.kill();
                assertTrue(producing.wasKilled());
                kills++;
                producing.restart();
                gateway = open(producing, kills);
                isLastMoment = false;
                cluster.awaitUp();
            }
            Await.until("the last start answers", () -> epochs.size() == 1 + gateway.start());
            isOver = true;
            for (Future<?> publisher : publishers) {
                publisher.get(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS);
            }
            Await.until(
                    "all are read", () -> read.size() + " of " + answered.size(), () -> read.size() == answered.size());
            System.out.println(kills + " kills, " + answered.size() + " messages, " + repeats.size()
                    + " repeats, of which " + fromBefore() + " were answered with what was stored before a kill");
        } finally {
            isOver = true;
            threads.shutdownNow();
        }
        assertEquals(List.of(), told);
        Map<String, List<Place>> once = new TreeMap<>();
        answered.forEach((key, at) -> once.put(key, List.of(at)));
        assertEquals(once, new TreeMap<>(read));
        assertTrue(fromBefore() > 0, "no answer was lost of what was stored");
        LongFaultsTest.delete(stores);
    }
}
