package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.gapless.Topic;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that other people wrote: a browser, {@code ws} and gRPC of Node, {@code curl}. What is not installed, or cannot be fetched
 * without a network, is left out, unless the environment says {@code GAPLESS_FOREIGN_CLIENTS=required}, as {@code .ci/run} does.
 */
@Timeout(300)
class ForeignClientsTest {
    static final boolean REQUIRED = "required".equals(System.getenv("GAPLESS_FOREIGN_CLIENTS"));
    private static final Path SCRIPTS = Path.of("src", "test", "foreign");
    private static final Path INSTALLED = Path.of("target", "foreign");
    /** Where servers are, which not everybody has in the PATH. */
    static final String SYSTEM = "/usr/sbin";

    private static final int COUNT = 400;

    @TempDir
    private static Path directory;

    private static TestGateway gateway;
    private static HttpServer pages;
    private static final BlockingQueue<JsonNode> results = new LinkedBlockingQueue<>();
    private static final BlockingQueue<String> halves = new LinkedBlockingQueue<>();

    @BeforeAll
    static void start() throws IOException {
        pages = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        pages.createContext("/page", exchange -> answer(exchange, Files.readString(SCRIPTS.resolve("page.html"))));
        pages.createContext("/half", exchange -> {
            halves.add("half");
            answer(exchange, "");
        });
        pages.createContext("/result", exchange -> {
            results.add(TestGateway.JSON.readTree(exchange.getRequestBody()));
            answer(exchange, "");
        });
        pages.start();
        gateway = TestGateway.start("gapless { node-name = n1, gateway { reconnect-jitter = 1ms, allowed-origins = [\""
                + origin() + "\"] } }");
    }

    private static String origin() {
        return "http://127.0.0.1:" + pages.getAddress().getPort();
    }

    private static void answer(HttpExchange exchange, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
        exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @AfterAll
    static void end() {
        gateway.close();
        pages.stop(0);
    }

    private static boolean isThere(String program) {
        String path = System.getenv("PATH") + File.pathSeparator + SYSTEM;
        return Stream.of(path.split(File.pathSeparator, -1)).anyMatch(one -> Files.isExecutable(Path.of(one, program)));
    }

    /** Leaves out the test that is run if one of them is not installed. */
    static void needs(String... programs) {
        for (String program : programs) {
            if (!REQUIRED) {
                assumeTrue(isThere(program), program + " is not installed");
            }
            assertTrue(isThere(program), program + " is not installed, and GAPLESS_FOREIGN_CLIENTS is required");
        }
    }

    /** The libraries of the scripts, as package-lock.json has them. */
    private static synchronized void install() throws Exception {
        Files.createDirectories(INSTALLED);
        for (String file : List.of("package.json", "package-lock.json", "ws.js", "grpc.js")) {
            Files.writeString(INSTALLED.resolve(file), Files.readString(SCRIPTS.resolve(file)));
        }
        Npm.install(INSTALLED);
    }

    /** What it prints. */
    private static String run(Path in, String... command) throws Exception {
        Path out = Files.createTempFile(directory, "out", ".txt");
        Path err = Files.createTempFile(directory, "err", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(in.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            boolean ended = process.waitFor(TestGateway.DEADLINE.toSeconds() * 2, TimeUnit.SECONDS);
            assertTrue(ended && process.exitValue() == 0, () -> text(out) + text(err));
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return Files.readString(out);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static void publish(String topic, int from, int to) {
        var producer = gateway.gapless().producer(Topic.of(topic, JsonNode.class));
        for (int i = from; i <= to; i++) {
            TestGateway.get(producer.publish("d" + i, IntNode.valueOf(i)));
        }
    }

    private static List<Integer> numbers(JsonNode array) {
        List<Integer> numbers = new ArrayList<>();
        array.forEach(number -> numbers.add(number.intValue()));
        return numbers;
    }

    private static List<Integer> range(int from, int to) {
        return IntStream.rangeClosed(from, to).boxed().toList();
    }

    @Test
    void eventSourceAndWebSocketOfABrowserGetEverythingOnceThoughTheirConnectionsAreCut() throws Exception {
        needs("chromium");
        publish("browser", 1, COUNT / 2);
        Relay relay = gateway.closing(new Relay(gateway.gateway().port()));
        String page = origin() + "/page?gateway=http://127.0.0.1:" + relay.port() + "&topic=browser&count=" + COUNT;
        Process browser = new ProcessBuilder(
                        "chromium",
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--user-data-dir=" + directory.resolve("profile"),
                        page)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("browser.txt").toFile())
                .start();
        try {
            String half = halves.poll(TestGateway.DEADLINE.toSeconds(), TimeUnit.SECONDS);
            assertNotNull(half, () -> text(directory.resolve("browser.txt")));
            assertTrue(relay.cut() > 0, "nothing was cut");
            publish("browser", COUNT / 2 + 1, COUNT);
            JsonNode result = results.poll(TestGateway.DEADLINE.toSeconds(), TimeUnit.SECONDS);
            assertNotNull(result, () -> text(directory.resolve("browser.txt")));
            assertEquals(range(1, COUNT), numbers(result.get("eventSource")));
            assertEquals(2, result.get("opened").intValue(), "EventSource came back");
            assertEquals(range(1, COUNT), numbers(result.get("webSocket")));
        } finally {
            browser.descendants().forEach(ProcessHandle::destroyForcibly);
            browser.destroyForcibly().waitFor();
        }
    }

    @Test
    void aWebSocketOfNodeGetsEverythingOnceAndResumesWithItsToken() throws Exception {
        needs("node", "npm");
        install();
        publish("node", 1, COUNT);
        String url = gateway.uri("/api/ws").toString().replace("http", "ws");
        JsonNode result = TestGateway.json(run(INSTALLED, "node", "ws.js", url, "node", "" + COUNT));
        assertEquals(range(1, COUNT), numbers(result.get("sequences")));
    }

    @Test
    void gRpcOfNodePublishesSubscribesAndFollowsDocuments() throws Exception {
        needs("node", "npm");
        install();
        String target = "127.0.0.1:" + gateway.gateway().grpcPort().orElseThrow();
        String proto = Path.of("src/main/proto/gapless/v1/gapless.proto")
                .toAbsolutePath()
                .toString();
        JsonNode result = TestGateway.json(run(INSTALLED, "node", "grpc.js", target, proto, "polyglot", "" + COUNT));
        assertEquals(range(1, COUNT), numbers(result.get("published")));
        assertEquals(range(1, COUNT), numbers(result.get("read")));
        for (int i = 1; i <= COUNT; i++) {
            assertEquals(
                    "d" + i + " CHANGE_TYPE_UPSERT {\"n\":" + i + "}",
                    result.get("changes").get(i - 1).textValue());
        }
    }

    @Test
    void curlReadsAnEventStreamAndResumesIt() throws Exception {
        needs("curl");
        publish("curl", 1, 3);
        String url = gateway.uri(TestGateway.path("curl", "events")) + "?from=earliest";
        // It ends by its own deadline, with status 28: the stream has no end.
        String script = "curl -s --no-buffer --max-time 2 \"$@\"; [ $? = 28 ]";
        String first = run(directory, "sh", "-c", script, "sh", url);
        assertEquals(
                3,
                first.lines()
                        .filter(line -> line.startsWith("data: {\"type\":\"event\""))
                        .count(),
                first);
        String id = first.lines()
                .filter(line -> line.startsWith("id: "))
                .skip(1)
                .findFirst()
                .orElseThrow();
        String second = run(directory, "sh", "-c", script, "sh", "-H", "Last-Event-ID: " + id.substring(4), url);
        List<String> data =
                second.lines().filter(line -> line.startsWith("data: ")).toList();
        assertEquals(2, data.size(), second);
        assertTrue(data.get(0).contains("\"seq\":2"), second);
    }

    @Test
    void theLinesOfTheReadmeDoWhatItSays() throws Exception {
        needs("bash", "curl");
        List<String> blocks = Pattern.compile("(?ms)^```sh\n(curl .*?)\n```$")
                .matcher(Files.readString(Path.of("..", "..", "README.md")))
                .results()
                .map(block -> block.group(1).replace("\\\n", "").replace("127.0.0.1:25581", address()))
                .toList();
        assertEquals(2, blocks.size());
        List<String> lines = blocks.get(0).lines().toList();
        assertEquals(5, lines.size());
        String first = untilItHas(lines.get(0), 3, () -> {
            assertTrue(shell(lines.get(1)).contains("\"count\":1"));
            assertTrue(shell(lines.get(2)).contains("\"count\":2"));
        });
        assertTrue(first.contains("\"key\":\"GBPUSD\",\"data\":{\"rate\":1.27}"), first);
        assertTrue(shell(lines.get(3)).contains("\"topic\":\"quotes\""));
        assertTrue(shell(lines.get(4)).contains("gapless_order_violations_total"));
        String id = first.lines()
                .filter(line -> line.startsWith("id: "))
                .skip(1)
                .findFirst()
                .orElseThrow();
        String second = untilItHas(
                blocks.get(1).replace("Last-Event-ID: ID", "Last-Event-ID: " + id.substring(4)), 2, () -> {});
        assertTrue(!second.contains("1.0834"), second);
    }

    private static String address() {
        return "127.0.0.1:" + gateway.gateway().port();
    }

    private interface Lines {
        void run() throws Exception;
    }

    private static String shell(String line) throws Exception {
        return run(directory, "bash", "-c", line);
    }

    /** What a line of the shell prints that does not end by itself, once that has so many events. */
    private static String untilItHas(String line, int events, Lines meanwhile) throws Exception {
        Path out = Files.createTempFile(directory, "out", ".txt");
        Process process = new ProcessBuilder("bash", "-c", line)
                .redirectOutput(out.toFile())
                .redirectError(Files.createTempFile(directory, "err", ".txt").toFile())
                .start();
        try {
            meanwhile.run();
            TestGateway.await(() -> text(out).split("\n\n", -1).length > events + 1
                    && text(out).lines().filter(one -> one.startsWith("data: ")).count() == events);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return text(out);
    }
}
