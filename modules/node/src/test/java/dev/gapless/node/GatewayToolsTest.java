package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program with {@code --url}, in processes of its own: it starts quickly because it loads nothing of a cluster. */
@Timeout(300)
class GatewayToolsTest {
    private static final String EVENT = "{\"type\":\"event\",\"topic\":\"t\",\"data\":1}";

    @TempDir
    private Path directory;

    private FakeGateway gateway;

    @BeforeEach
    void start() throws IOException {
        gateway = new FakeGateway();
    }

    @AfterEach
    void stop() throws IOException {
        gateway.close();
    }

    private Program program(String... args) throws IOException {
        String log = "-Xlog:class+load:file=" + directory.resolve("classes");
        return Program.start(directory, Map.of("JDK_JAVA_OPTIONS", log), args);
    }

    private void assertLoadsNoCluster() throws IOException {
        List<String> loaded = Files.readAllLines(directory.resolve("classes"));
        assertTrue(
                loaded.stream().anyMatch(line -> line.contains("dev.gapless.node.GatewayLinks")), "the log is there");
        assertEquals(
                List.of(),
                loaded.stream()
                        .filter(line -> line.contains("pekko")
                                || line.contains(" scala.")
                                || line.contains("com.typesafe")
                                || line.contains("jetty")
                                || line.contains("logback"))
                        .toList());
    }

    @Test
    void publishesItsStandardInput() throws Exception {
        try (Program publish = program("publish", "--topic", "t", "--url", gateway.url())) {
            publish.write(List.of("{\"a\":1}", "text"));
            publish.endInput();
            assertEquals(0, publish.awaitExit(), publish::toString);
            assertEquals(List.of("{\"data\":{\"a\":1}}", "{\"data\":\"text\"}"), gateway.accepted());
            assertEquals(List.of(), publish.out());
            assertLoadsNoCluster();
            assertTrue(
                    Files.readAllLines(directory.resolve("classes")).stream()
                            .noneMatch(line -> line.contains("jackson.databind")),
                    "nor trees of JSON");
        }
    }

    @Test
    void asksForTheOverflowThatItWasTold() throws Exception {
        String[] publish = {"publish", "--topic", "t", "--url", gateway.url(), "--overflow", "expire"};
        try (Program program = Program.start(directory, publish)) {
            program.write(List.of("1"));
            program.endInput();
            assertEquals(0, program.awaitExit(), program::toString);
            List<String> asked = gateway.requests().stream()
                    .filter(request -> request.method().equals("POST"))
                    .map(FakeGateway.Request::target)
                    .toList();
            assertTrue(
                    !asked.isEmpty() && asked.stream().allMatch(target -> target.contains("?overflow=expire")),
                    asked::toString);
        }
    }

    @Test
    void printsEvents() throws Exception {
        gateway.plan((request, reply) -> reply.events("data: " + EVENT + "\n\n"));
        try (Program subscribe = program("subscribe", "--topic", "t", "--url", gateway.url(), "--count", "1")) {
            assertEquals(0, subscribe.awaitExit(), subscribe::toString);
            assertEquals(EVENT, subscribe.out().get(0));
            assertLoadsNoCluster();
        }
    }

    @Test
    void printsTheStatusAsATable() throws Exception {
        gateway.status("{\"members\":[{\"node\":\"n1\",\"address\":\"h:1\",\"answers\":true}],\"topics\":[]}");
        try (Program status = program("status", "--url", "http://127.0.0.1:1", "--url", gateway.url())) {
            assertEquals(0, status.awaitExit(), status::toString);
            assertEquals(List.of("MEMBER  ADDRESS", "n1      h:1"), status.out());
            assertLoadsNoCluster();
        }
    }

    @Test
    void showsTheTokenOfItsEnvironment() throws Exception {
        try (Program publish = Program.start(
                directory,
                Map.of("TOKEN", "secret"),
                "publish",
                "--topic",
                "t",
                "--url",
                gateway.url(),
                "--token-env",
                "TOKEN")) {
            publish.write(List.of("1"));
            publish.endInput();
            assertEquals(0, publish.awaitExit(), publish::toString);
            assertEquals("Bearer secret", gateway.requests().get(0).headers().get("authorization"), publish::toString);
        }
        try (Program publish = program("publish", "--topic", "t", "--url", gateway.url(), "--token-env", "NO_SUCH")) {
            publish.write(List.of("1"));
            publish.endInput();
            assertEquals(1, publish.awaitExit(), publish::toString);
            assertTrue(publish.err().toString().contains("the environment has no NO_SUCH"), publish::toString);
        }
    }

    @Test
    void asksTheCommandForAnotherTokenOnceOneIsRefused() throws Exception {
        gateway.plan((request, reply) -> reply.problem(401, "unauthenticated", ""));
        Path runs = directory.resolve("runs");
        String command = "echo x >> " + runs + "; echo token-$(wc -l < " + runs + " | tr -d ' ')";
        try (Program publish = program("publish", "--topic", "t", "--url", gateway.url(), "--token-command", command)) {
            publish.write(List.of("1"));
            publish.endInput();
            assertEquals(0, publish.awaitExit(), publish::toString);
            assertEquals(
                    List.of("Bearer token-1", "Bearer token-2"),
                    gateway.requests().stream()
                            .filter(request -> request.method().equals("POST"))
                            .map(request -> request.headers().get("authorization"))
                            .limit(2)
                            .toList());
        }
        try (Program publish =
                program("publish", "--topic", "t", "--url", gateway.url(), "--token-command", "exit 3")) {
            publish.write(List.of("1"));
            publish.endInput();
            assertEquals(1, publish.awaitExit(), publish::toString);
            assertTrue(publish.err().toString().contains("exit status was 3"), publish::toString);
        }
    }
}
