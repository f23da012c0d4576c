package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.ConfigFactory;
import dev.gapless.gateway.internal.json.PayloadJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * {@code --overflow expire} of who publishes and of who subscribes: nobody reads the subscriber's standard output until all lines, which are more
 * than pipes and rings hold, were taken. With backpressure at both they are not, for longer than this test lasts.
 */
@Tag("thorough")
@Tag("day1")
@Timeout(600)
@EnabledOnOs(OS.LINUX)
class OverflowOptionTest {
    private static final int LINES = 20_000;
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final String SETTINGS =
            "gapless.backpressure-timeout = 1h\n" + "pekko.cluster.failure-detector.acceptable-heartbeat-pause = 10s";

    @TempDir
    private Path directory;

    private final List<JsonNode> printed = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> isRead = new CompletableFuture<>();
    private Member node;
    private Program subscriber;
    private Program publisher;

    @BeforeEach
    void startANode() throws Exception {
        Files.writeString(directory.resolve("tool.conf"), SETTINGS);
        node = Member.start(
                ProgramConfig.of(
                        ConfigFactory.parseString("gapless.node-name = n1\n" + SETTINGS),
                        null,
                        new CommandLine(new NodeCommand(new Termination()))),
                "overflow");
        node.join(node.address());
        node.up().get(60, TimeUnit.SECONDS);
    }

    @AfterEach
    void endAll() {
        for (AutoCloseable one : new AutoCloseable[] {subscriber, publisher, node}) {
            try {
                if (one != null) {
                    one.close();
                }
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    @DisplayName(
            "publish --overflow expire does not wait for a subscriber that takes nothing, which is told what it missed")
    void publisher() throws Exception {
        subscribes();
        publishes("--overflow", "expire");
        isRead.complete(null);
        assertEquals(0, publisher.awaitExit(), publisher::toString);
        publisher.awaitErr("some consumers missed lines and were told so");
        isToldWhatItMissed();
    }

    @Test
    @DisplayName(
            "subscribe --overflow expire takes what it cannot print, and is told what it missed: publishers wait for nobody")
    void subscriber() throws Exception {
        subscribes("--overflow", "expire");
        publishes();
        int exit = publisher.awaitExit();
        assertTrue(exit == 0 || exit == 3, publisher::toString); // 3: the subscription had been told before
        isRead.complete(null);
        isToldWhatItMissed();
    }

    private String[] joining(String command, String... more) {
        List<String> all = new ArrayList<>(List.of(command, "--topic", "t", "--name", command));
        all.addAll(List.of("--seed", node.address(), "--system", "overflow", "--join-timeout", "60s"));
        all.addAll(List.of("--config", directory.resolve("tool.conf").toString(), "--buffer-messages", "100"));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private void subscribes(String... more) throws Exception {
        Path pipe = directory.resolve("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        subscriber = Program.startIn(directory, "exec \"$@\" > pipe", joining("subscribe", more));
        start(() -> {
            try (BufferedReader reader = Files.newBufferedReader(pipe)) { // once both have opened it
                isRead.join();
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    printed.add(PayloadJson.JSON.readTree(line));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        subscriber.awaitErr("ready: topic t");
    }

    /** All lines are taken. */
    private void publishes(String... more) throws Exception {
        publisher = Program.start(directory, joining("publish", more));
        CompletableFuture<Void> taken = new CompletableFuture<>();
        start(() -> {
            try {
                String pad = "x".repeat(100);
                publisher.write(IntStream.rangeClosed(1, LINES)
                        .mapToObj(i -> "{\"n\":" + i + ",\"pad\":\"" + pad + "\"}")
                        .toList());
                publisher.endInput();
                taken.complete(null);
            } catch (IOException e) {
                taken.completeExceptionally(e);
            }
        });
        Await.within(DEADLINE, () -> "not all lines were taken: " + publisher, taken::isDone);
        taken.join();
    }

    private static void start(Runnable what) {
        Thread thread = new Thread(what, "overflow");
        thread.setDaemon(true);
        thread.start();
    }

    private void isToldWhatItMissed() throws Exception {
        Await.within(
                DEADLINE, () -> "up to " + told() + " something was printed: " + subscriber, () -> told() == LINES);
        assertTrue(
                printed.stream().anyMatch(event -> event.get("type").textValue().equals("cursor_expired")),
                "nothing was missed");
        subscriber.signal("TERM");
        assertEquals(0, subscriber.awaitExit(), subscriber::toString);
    }

    /** Up to this line each one was printed, or is said to be missing. */
    private int told() {
        int told = 0;
        for (JsonNode event : printed) {
            if (event.get("type").textValue().equals("event")) {
                assertEquals(++told, event.at("/data/n").asInt());
            }
            for (JsonNode gap : event.path("gaps")) {
                assertEquals(told + 1, gap.get("first_missing").asInt(), event::toString);
                told += gap.get("missed").asInt();
            }
        }
        return told;
    }
}
