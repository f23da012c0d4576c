package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.gapless.core.Overflow;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.simulation.schedule.Simulator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Options that are set to something else than their defaults do what they say. In this JVM: {@code TokenOptionsTest} has those of tokens. */
@Timeout(120)
class OptionsTest {
    @TempDir
    private static Path directory;

    private static @Nullable Member node;

    private final Termination termination = new Termination();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /** One that is there once a test needs it. */
    private static synchronized Member node() {
        Member known = node;
        if (known == null) {
            known = Member.start(
                    ProgramConfig.of(
                            ConfigFactory.parseString("gapless.node-name = n1"),
                            null,
                            new CommandLine(new NodeCommand(new Termination()))),
                    "flags");
            node = known;
            known.join(known.address());
            known.up().orTimeout(60, TimeUnit.SECONDS).join();
        }
        return known;
    }

    @AfterAll
    static void endIt() {
        if (node != null) {
            node.close();
        }
    }

    private CommandLine commands() {
        return GaplessCommand.commandLine(termination)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true));
    }

    private int execute(String... args) {
        return commands().execute(args);
    }

    /** What a tool that joins is told, and its exit status in front. */
    private String asMember(String... more) {
        List<String> args =
                new ArrayList<>(List.of("status", "--json", "--seed", node().address(), "--system", "flags"));
        args.addAll(List.of(more));
        int status = execute(args.toArray(new String[0]));
        return status + " " + out + err;
    }

    @Test
    @Tag("thorough")
    @Tag("day1")
    @DisplayName("--system and --json: who joins the cluster of that name sees it")
    void joins() throws IOException {
        String said = asMember();
        assertTrue(said.startsWith("0 {"), said);
        JsonNode members = PayloadJson.JSON.readTree(said.substring(2)).get("members");
        assertEquals("n1", members.at("/0/node").asText(), said);
        assertEquals(node().address(), members.at("/0/address").asText(), said);
    }

    /** The member that such a tool is. */
    private Member member(String... more) {
        StatusCommand tool = new StatusCommand(termination);
        List<String> args = new ArrayList<>(List.of("--seed", node().address(), "--system", "flags"));
        args.addAll(List.of(more));
        new CommandLine(tool).setErr(new PrintWriter(err, true)).parseArgs(args.toArray(new String[0]));
        return new MemberStart(tool.member, tool.spec, termination).join(ConfigFactory.empty());
    }

    @Test
    @Tag("thorough")
    @Tag("day1")
    @DisplayName("--name, --host, --port and --buffer-messages: who joins is the member that they say")
    void whoJoins() {
        int port = Ports.free();
        try (Member tool =
                member("--name", "tool", "--host", "localhost", "--port", "" + port, "--buffer-messages", "77")) {
            assertEquals("tool", tool.gapless().nodeName());
            assertEquals("localhost:" + port, tool.address());
            assertEquals(77, tool.system().settings().config().getInt("gapless.buffer-messages"));
            assertTrue(tool.addresses().contains(node().address()), tool.addresses()::toString);
        }
    }

    @Test
    @Tag("thorough")
    @Tag("day1")
    @DisplayName("--config has further settings of who joins")
    void furtherSettings() throws IOException {
        Path file = Files.writeString(directory.resolve("tool.conf"), "gapless.node-name = of-the-file");
        try (Member tool = member("--config", file.toString())) {
            assertEquals("of-the-file", tool.gapless().nodeName());
        }
    }

    @Test
    @Tag("thorough")
    @Tag("day1")
    @DisplayName("--join-timeout is how long it is tried")
    void joinTimeout() {
        assertEquals(
                1, execute("status", "--seed", node().address(), "--join-timeout", "1s"), "it has another --system");
        assertTrue(err.toString().contains("within 1 s"), err::toString);
    }

    @Test
    @Tag("thorough")
    @Tag("day1")
    @DisplayName("--retry-for is how long no gateway may answer")
    void retryFor() {
        assertEquals(1, execute("status", "--url", "http://127.0.0.1:1", "--retry-for", "2s"));
        assertTrue(err.toString().contains("gave up after 2 s"), err::toString);
    }

    @Test
    @Tag("thorough")
    @Tag("day1")
    @DisplayName(
            "status --json prints what the gateway says, and without it a table; of several URLs the next is asked")
    void json() throws IOException {
        try (FakeGateway gateway = new FakeGateway()) {
            String said = "{\"members\":[{\"node\":\"n1\",\"address\":\"h:1\",\"answers\":true}],\"topics\":[]}";
            gateway.status(said);
            assertEquals(
                    0,
                    execute(
                            "status",
                            "--json",
                            "--retry-for",
                            "2s",
                            "--url",
                            "http://127.0.0.1:1",
                            "--url",
                            gateway.url()),
                    err::toString);
            assertEquals(PayloadJson.JSON.readTree(said), PayloadJson.JSON.readTree(out.toString()));
            out.getBuffer().setLength(0);
            assertEquals(0, execute("status", "--url", gateway.url()), err::toString);
            assertTrue(out.toString().startsWith("MEMBER  ADDRESS"), out::toString);
        }
    }

    private SubscribeWish wish(String... options) {
        SubscribeCommand subscribe = new SubscribeCommand(termination);
        List<String> args = new ArrayList<>(List.of("--topic", "t"));
        args.addAll(List.of(options));
        new CommandLine(subscribe).parseArgs(args.toArray(new String[0]));
        return subscribe.wish();
    }

    @Test
    @DisplayName(
            "subscribe --from, --nodes, --keys, --count and --token-file are what is asked for, and by default all from now on")
    void subscribes() {
        assertEquals(new SubscribeWish("t", "latest", List.of(), List.of(), Long.MAX_VALUE, null), wish());
        assertEquals(
                new SubscribeWish(
                        "t", "earliest", List.of("n1", "n2"), List.of("7/*", "8"), 5, directory.resolve("token")),
                wish(
                        "--from=earliest",
                        "--nodes=n1,n2",
                        "--keys=7/*,8",
                        "--count=5",
                        "--token-file=" + directory.resolve("token")));
    }

    @Test
    @DisplayName("--overflow is the setting of the topic that is named, whatever its name")
    void overflow() {
        Config expire = TopicConfig.of("a.b", Overflow.EXPIRE, commands());
        assertEquals("expire", expire.getString("gapless.topics.\"a.b\".overflow"));
        Config waits = TopicConfig.of("a.b", Overflow.BACKPRESSURE, commands());
        assertEquals("backpressure", waits.getString("gapless.topics.\"a.b\".overflow"));
    }

    @Test
    @Tag("thorough")
    @Tag("day1")
    @DisplayName(
            "node --config, --buffer-messages and --buffer-bytes: its rings are as large, until it is asked to end")
    void runsANode() throws Exception {
        int port = Ports.free();
        Path file = Files.write(
                directory.resolve("node.conf"),
                List.of(
                        "include required(file(\""
                                + Path.of("..", "..", "conf", "cluster.conf").toAbsolutePath() + "\"))",
                        "gapless { node-name = n2, gateway { port = 0, grpc-port = off }, buffer-messages = 55 }",
                        "pekko.remote.artery.canonical.port = " + port,
                        "pekko.cluster.seed-nodes = [\"pekko://gapless@127.0.0.1:" + port + "\"]"));
        CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(() ->
                execute("node", "--config", file.toString(), "--buffer-messages", "77", "--buffer-bytes", "3MiB"));
        Await.within(Duration.ofSeconds(60), err::toString, () -> err.toString().contains("gateway: http"));
        String url = err.toString()
                .lines()
                .filter(line -> line.startsWith("gateway: "))
                .findFirst()
                .orElseThrow()
                .substring("gateway: ".length());
        assertFalse(exit.isDone());
        send(HttpRequest.newBuilder(URI.create(url + "/api/topics/t/messages"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("1")));
        JsonNode status = send(HttpRequest.newBuilder(URI.create(url + "/api/status")));
        assertEquals("n2", status.at("/members/0/node").asText(), status::toString);
        assertEquals(77, status.at("/topics/0/producers/0/max_messages").asInt(), status::toString);
        assertEquals(3 << 20, status.at("/topics/0/producers/0/max_bytes").asInt(), status::toString);
        termination.request();
        assertEquals(0, exit.get(60, TimeUnit.SECONDS), err::toString);
    }

    private static JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response =
                HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertEquals(200, response.statusCode(), response::body);
        return PayloadJson.JSON.readTree(response.body());
    }

    @Test
    @DisplayName("simulate --faults chooses the faults")
    void simulates() {
        assertEquals(0, execute("simulate", "--seeds", "7", "--trace"));
        String all = out.toString();
        out.getBuffer().setLength(0);
        assertEquals(0, execute("simulate", "--seeds", "7", "--trace", "--faults", "none"));
        assertFalse(all.equals(out.toString()), "the faults of this seed are left out");
    }

    @Test
    @DisplayName("simulate --threads is how many schedules run at once")
    void simulatesAtOnce() throws Exception {
        long threads = Runtime.getRuntime().availableProcessors() + 1L; // not the default
        CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(
                () -> execute("simulate", "--seeds", "1..1000000", "--threads", "" + threads),
                task -> new Thread(task, "simulate").start());
        Await.within(Duration.ofSeconds(60), err::toString, () -> simulating().containsValue(threads));
        for (int i = 0; i < 10; i++) {
            assertTrue(simulating().containsValue(threads), "none is added, and none ends");
        }
        termination.request();
        assertEquals(1, exit.get(60, TimeUnit.SECONDS));
        assertTrue(err.toString().contains("seeds 1..1000000, " + threads + " at a time"), err::toString);
    }

    /** How many threads of which pool run schedules now: those of other tests are of another one. */
    private static Map<String, Long> simulating() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> Stream.of(thread.getValue())
                        .anyMatch(frame -> frame.getClassName().equals(Simulator.class.getName())
                                && !frame.getMethodName().equals("runAll")))
                .collect(Collectors.groupingBy(
                        thread -> thread.getKey().getName().replaceFirst("-thread-.*", ""), Collectors.counting()));
    }

    @Test
    @DisplayName("a simulation that was interrupted has not succeeded")
    void isInterrupted() {
        termination.request();
        assertEquals(1, execute("simulate", "--seeds", "1..1000000"));
        assertTrue(err.toString().contains("interrupted after"), err::toString);
    }

    @Test
    @DisplayName(
            "a failure exits with 1, lines that were published and not delivered with 3, a closed pipe as a signal does")
    void exitStatuses() throws Exception {
        CommandLine commands = commands();
        CommandLine.IExecutionExceptionHandler handler = commands.getExecutionExceptionHandler();
        assertEquals(1, handler.handleExecutionException(new Failure("planned"), commands, null));
        assertEquals(1, handler.handleExecutionException(new IllegalStateException("planned"), commands, null));
        assertEquals(3, handler.handleExecutionException(new Undelivered("planned"), commands, null));
        assertEquals(3, err.toString().lines().count(), err::toString);
        IOException closed = new StandardOutput.ClosedPipe(new IOException("Broken pipe"));
        assertEquals(141, handler.handleExecutionException(StandardOutput.lost(closed), commands, null));
        assertEquals(3, err.toString().lines().count(), "nobody is told of a closed pipe");
    }
}
