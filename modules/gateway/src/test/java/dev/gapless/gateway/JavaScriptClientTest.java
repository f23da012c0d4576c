package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import dev.gapless.Topic;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The client in {@code clients/js}: the gateway serves it, it is what its sources make, and it does what its README says. What needs Node is left out
 * where that is not installed, unless the environment says {@code GAPLESS_FOREIGN_CLIENTS=required}.
 */
@Timeout(300)
class JavaScriptClientTest {
    private static final Path CLIENT = Path.of("..", "..", "clients", "js");
    private static final Path SCRIPTS = Path.of("src", "test", "js");
    private static final Path INSTALLED = Path.of("target", "js");
    private static final int MOST_BYTES = 8 * 1024;
    private static final int RING = 100;

    @TempDir
    private Path directory;

    // ------------------------------------------------------------------ pages

    private String accessControl(String token, String permissions) throws Exception {
        return "gapless.gateway.access.tokens-file = \"" + tokensFile(token, permissions) + "\"";
    }

    private Path tokensFile(String token, String permissions) throws Exception {
        return tokensFile(List.of(entry(token, permissions)));
    }

    private Path tokensFile(List<String> entries) {
        return new Certificates(directory).write("tokens.json", "{\"tokens\":[" + String.join(",", entries) + "]}");
    }

    /** Of the file. */
    private static String entry(String token, String permissions) throws Exception {
        String digest = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        return "{\"subject\":\"page\",\"sha256\":\"" + digest + "\",\"permissions\":" + permissions + "}";
    }

    @Test
    void pagesGetItWithoutACredential() throws Exception {
        String config =
                accessControl("a token", "{}") + "\ngapless.gateway.allowed-origins = [\"https://page.example\"]";
        try (TestGateway gateway = TestGateway.start(config)) {
            HttpResponse<String> answer = gateway.get("/client.js");
            assertEquals(200, answer.statusCode());
            assertEquals(Files.readString(CLIENT.resolve("dist/client.js")), answer.body());
            assertEquals("text/javascript; charset=utf-8", header(answer, "Content-Type"));
            assertEquals("no-cache", header(answer, "Cache-Control"));
            assertEquals("default-src 'self'", header(answer, "Content-Security-Policy"));
            assertEquals("nosniff", header(answer, "X-Content-Type-Options"));
            assertEquals(
                    "https://page.example",
                    header(gateway.get("/client.js", "Origin", "https://page.example"), "Access-Control-Allow-Origin"));
            assertEquals(
                    "",
                    header(
                            gateway.get("/client.js", "Origin", "https://other.example"),
                            "Access-Control-Allow-Origin"));
            HttpResponse<String> again = gateway.get("/client.js", "If-None-Match", header(answer, "ETag"));
            assertEquals(304, again.statusCode());
            assertEquals("", again.body());
            assertEquals(
                    200,
                    gateway.get("/client.js", "If-None-Match", "\"another\"").statusCode());
            assertEquals(405, gateway.post("/client.js", "text/plain", "").statusCode());
            assertEquals(404, gateway.get("/client.js/").statusCode());
            assertEquals(404, gateway.get("/site/client.js").statusCode());
        }
    }

    private static String header(HttpResponse<String> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    // ------------------------------------------------------------------ Node

    /** The client as it is committed, with what its tests and its build need. */
    private static synchronized void install() throws Exception {
        ForeignClientsTest.needs("node", "npm");
        for (String part : List.of("src", "test", "dist")) {
            copy(CLIENT.resolve(part), INSTALLED.resolve(part));
        }
        for (String file : List.of(
                "package.json",
                "package-lock.json",
                ".npmrc",
                "tsconfig.json",
                "build.mjs",
                "size.mjs",
                "faults.mjs",
                "faults.txt")) {
            copy(CLIENT.resolve(file), INSTALLED.resolve(file));
        }
        copy(SCRIPTS, INSTALLED);
        copy(CLIENT.resolve("dist/client.js"), INSTALLED.resolve("client.js"));
        Npm.install(INSTALLED);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /** What it prints. */
    private static String run(String... command) throws Exception {
        Path out = Files.createTempFile("js", ".txt");
        Process process = start(out, command);
        try {
            boolean ended = process.waitFor(TestGateway.DEADLINE.toSeconds() * 2, TimeUnit.SECONDS);
            assertTrue(ended && process.exitValue() == 0, () -> text(out));
            return text(out);
        } finally {
            end(process);
            Files.delete(out);
        }
    }

    private static Process start(Path out, String... command) throws IOException {
        return new ProcessBuilder(command)
                .directory(INSTALLED.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
    }

    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    @Tag("thorough")
    @Tag("day2")
    void whatIsCommittedIsWhatItsSourcesMake() throws Exception {
        install();
        Path built = directory.resolve("built").toAbsolutePath();
        run("node", "build.mjs", built.toString());
        for (String file : List.of("client.js", "client.d.ts")) {
            assertEquals(
                    Files.readString(built.resolve(file)),
                    Files.readString(CLIENT.resolve("dist").resolve(file)),
                    () -> "clients/js/dist/" + file + " is not what npm run build makes of clients/js/src");
        }
        int bytes = Integer.parseInt(run("node", "size.mjs").strip());
        assertTrue(bytes < MOST_BYTES, bytes + " bytes, minified and compressed");
    }

    @Test
    @Tag("thorough")
    @Tag("day2")
    void eachPlantedFaultIsNoticedByTheTestsThatItNames() throws Exception {
        install();
        run("node", "faults.mjs", "--share=" + System.getProperty("planted.share", "0/1"));
    }

    @Test
    void itKeepsItsRules() throws Exception {
        install();
        run("node", "faults.mjs", "--check");
        String report = run("node", "--test");
        assertTrue(report.contains("fail 0"), report);
        Matcher passed = Pattern.compile("(?m)pass (\\d+)$").matcher(report);
        assertTrue(passed.find() && Integer.parseInt(passed.group(1)) > 60, report);
    }

    @Test
    void theCodeOfItsReadmeDoesWhatItSays() throws Exception {
        install();
        Matcher block =
                Pattern.compile("(?ms)^```js\n(.*?)^```$").matcher(Files.readString(CLIENT.resolve("README.md")));
        assertTrue(block.find());
        Files.writeString(
                INSTALLED.resolve("readme.mjs"),
                Files.readString(SCRIPTS.resolve("snippet.mjs")).replace("// README\n", block.group(1)));
        String token = "a token of the page";
        String all = "[\"prices\",\"fleet\",\"orders\"]";
        String permissions = "{\"subscribe\":" + all + ",\"publish\":" + all + ",\"create\":" + all + "}";
        try (TestGateway gateway = TestGateway.start(accessControl(token, permissions))) {
            String url = gateway.gateway().uri().toString();
            JsonNode did = TestGateway.json(run("node", "readme.mjs", url, token));
            assertEquals("[[\"EURUSD\",1.0834]]", did.get("applied").toString());
            assertEquals("[\"7/1\",\"this one\"]", did.get("moved").get(0).toString());
            assertEquals("prices", did.get("stored").get(0).get(0).textValue());
            assertEquals(
                    "[\"connecting\",\"live\",\"ended\"]", did.get("states").toString());
            assertEquals(1, did.get("at").get("seq").intValue());
        }
    }

    // ------------------------------------------------------------------ from gateway to gateway

    /** What a client has printed. */
    private static final class History {
        private final Path out;

        History(Path out) {
            this.out = out;
        }

        List<String> lines(String beginning) {
            return text(out)
                    .lines()
                    .filter(line -> line.equals(beginning) || line.startsWith(beginning + " "))
                    .toList();
        }

        /** The last sequence that was given, or told to be missing and reloaded. */
        long last() {
            List<Long> all = sequences();
            boolean isReloading = lines("reload").size() > lines("reloaded").size();
            return all.isEmpty() || isReloading ? 0 : all.get(all.size() - 1);
        }

        private static long number(String line, int word) {
            return Long.parseLong(line.split(" ", -1)[word]);
        }

        /** Every sequence that was given or told to be missing, in that order. */
        List<Long> sequences() {
            List<Long> all = new ArrayList<>();
            text(out).lines().forEach(line -> {
                if (line.startsWith("event ")) {
                    all.add(number(line, 1));
                } else if (line.startsWith("gap ")) {
                    LongStream.range(0, number(line, 2)).forEach(i -> all.add(number(line, 1) + i));
                }
            });
            return all;
        }
    }

    private static void publish(TestGateway gateway, int from, int to) {
        var producer = gateway.gapless().producer(Topic.of("history", JsonNode.class));
        for (int i = from; i <= to; i++) {
            TestGateway.get(producer.publish("k", IntNode.valueOf(i)));
        }
    }

    @Test
    void itsHistoryAddsUpWhileConnectionsAreCutAndAGatewayGoes() throws Exception {
        install();
        String config =
                "gapless { buffer-messages = " + RING + ", gateway { reconnect-min = 10ms, reconnect-jitter = 10ms } }";
        try (TestGateway stays = TestGateway.start(config);
                TestGateway goes = TestGateway.join(stays, config)) {
            List<Relay> relays = new ArrayList<>();
            for (TestGateway one : List.of(goes, stays)) {
                relays.add(stays.closing(new Relay(one.gateway().port())));
            }
            String urls = "http://127.0.0.1:" + relays.get(0).port() + ",http://127.0.0.1:"
                    + relays.get(1).port();
            publish(stays, 1, 10);
            Path out = directory.resolve("history.txt");
            Process client = start(out, "node", "history.mjs", urls, "history");
            try {
                History history = new History(out);
                TestGateway.await(() -> history.last() == 10);
                assertTrue(relays.get(0).cut() > 0, "nothing was cut");
                publish(stays, 11, 20);
                TestGateway.await(() -> history.last() == 20);

                for (Relay relay : relays) {
                    relay.refuse(true);
                }
                TestGateway.await(() -> relays.stream().mapToInt(Relay::refused).sum() > 0);
                assertEquals(List.of(), history.lines("reload"));
                publish(stays, 21, 20 + 3 * RING);
                for (Relay relay : relays) {
                    relay.refuse(false);
                }
                TestGateway.await(() -> history.last() == 20 + 3 * RING);
                assertEquals(List.of("reload 1"), history.lines("reload"));

                int resumed = 21 + 3 * RING;
                publish(stays, resumed, resumed);
                TestGateway.await(() -> history.last() == resumed);

                relays.get(1).refuse(true); // so it is at the one that goes
                int last = resumed + 1;
                publish(stays, last, last);
                TestGateway.await(() -> history.last() == last);
                relays.get(1).refuse(false);
                int connections = history.lines("state connecting").size();
                goes.leave();
                publish(stays, last + 1, last + 10);
                TestGateway.await(() -> history.last() == last + 10);
                assertTrue(history.lines("state connecting").size() > connections, "it was at the other one");
                assertEquals(LongStream.rangeClosed(1, last + 10).boxed().toList(), history.sequences());
                assertEquals(1, history.lines("reload").size());
                assertEquals(List.of(), history.lines("state ended"));
            } finally {
                end(client);
            }
        }
    }

    @Test
    void aCredentialThatIsTakenBackIsAskedForAgainAndNothingIsMissing() throws Exception {
        install();
        String permissions = "{\"subscribe\":[\"history\"]}";
        Path tokenFile = Files.writeString(directory.resolve("token.txt"), "the first");
        Path out = directory.resolve("history.txt");
        try (TestGateway gateway = TestGateway.start(accessControl("the first", permissions))) {
            publish(gateway, 1, 10);
            Process client = start(
                    out,
                    "node",
                    "history.mjs",
                    gateway.gateway().uri().toString(),
                    "history",
                    tokenFile.toAbsolutePath().toString());
            try {
                History history = new History(out);
                TestGateway.await(() -> history.last() == 10);
                assertEquals(1, history.lines("token").size());
                tokensFile("the second", permissions);
                TestGateway.await(() -> history.lines("token").size() > 2); // the first is refused, again and again
                TestGateway.await(
                        () -> history.lines("state connecting unauthenticated").size() > 1);
                publish(gateway, 11, 20);
                assertEquals(10, history.last());
                Files.writeString(tokenFile, "the second");
                TestGateway.await(() -> history.last() == 20);
                assertEquals(LongStream.rangeClosed(1, 20).boxed().toList(), history.sequences());
            } finally {
                end(client);
            }
        }
    }

    @Test
    @Tag("thorough")
    @Tag("day2")
    void aCredentialThatExpiresIsRenewedInPlace() throws Exception {
        install();
        String permissions = "{\"subscribe\":[\"history\"]}";
        Path tokenFile = Files.writeString(directory.resolve("token.txt"), "the first");
        Path out = directory.resolve("history.txt");
        try (TestGateway gateway = TestGateway.start(accessControl("the second", permissions))) {
            publish(gateway, 1, 10);
            String expires = Instant.now() // not before there is a gateway: it may start slowly
                    .plusSeconds(15)
                    .truncatedTo(ChronoUnit.SECONDS)
                    .toString();
            String first = entry("the first", permissions + ",\"expires\":\"" + expires + "\"");
            tokensFile(List.of(first, entry("the second", permissions)));
            TestGateway.await(() -> gateway.get("/api/status", "Authorization", "Bearer the first")
                            .statusCode()
                    == 403);
            Process client = start(
                    out,
                    "node",
                    "history.mjs",
                    gateway.gateway().uri().toString(),
                    "history",
                    tokenFile.toAbsolutePath().toString());
            try (JsonSocket other = gateway.webSocket()) {
                other.await("connected");
                other.send("{\"type\":\"Auth\",\"token\":\"the first\"}").await("authenticated");
                History history = new History(out);
                TestGateway.await(() -> history.last() == 10);
                Files.writeString(tokenFile, "the second");
                assertEquals(4401, other.status()); // once the first has expired
                publish(gateway, 11, 20);
                TestGateway.await(() -> history.last() == 20);
                assertEquals(LongStream.rangeClosed(1, 20).boxed().toList(), history.sequences());
                assertEquals(2, history.lines("token").size());
                assertEquals(List.of("state connecting "), history.lines("state connecting"));
            } finally {
                end(client);
            }
        }
    }

    @Test
    void whatItPublishesIsThereOnceThoughTheConnectionBreaksBeforeTheAnswer() throws Exception {
        install();
        Path out = directory.resolve("publish.txt");
        try (TestGateway gateway = TestGateway.start("gapless { node-name = repeats, durability = journal }")) {
            SilentStores.Logs store = SilentStores.of("repeats");
            store.beSilent(true);
            Relay relay = gateway.closing(new Relay(gateway.gateway().port()));
            Process client = start(out, "node", "publish.mjs", "http://127.0.0.1:" + relay.port(), "repeats");
            try {
                TestGateway.await(() -> store.unanswered() == 1);
                assertTrue(relay.cut() > 0, "nothing was cut");
                store.answer();
                TestGateway.await(() -> text(out).contains("\n"));
                assertEquals("at 1\n", text(out));
            } finally {
                end(client);
            }
            var producer = gateway.gapless().producer(Topic.of("repeats", JsonNode.class));
            assertEquals(
                    2, TestGateway.get(producer.publish(IntNode.valueOf(2))).sequence());
        }
    }

    // ------------------------------------------------------------------ states

    /** Of a topic that has a table. */
    @Nested
    class OfTables extends PricesFixture {
        @Test
        void itShowsAllRowsAndWhatChangesAndComesBackToThem() throws Exception {
            install();
            Relay relay = gateway.closing(new Relay(gateway.gateway().port()));
            Path out = directory.resolve("state.txt");
            Process client =
                    JavaScriptClientTest.start(out, "node", "state.mjs", "http://127.0.0.1:" + relay.port(), "prices");
            try {
                shows(out, "{\"BTCUSD\":3,\"EURCHF\":2,\"EURUSD\":1}");
                publish("EURUSD", 4);
                shows(out, "{\"BTCUSD\":3,\"EURCHF\":2,\"EURUSD\":4}");
                relay.refuse(true);
                publish("EURCHF", 5);
                TestGateway.await(() -> relay.refused() > 0);
                relay.refuse(false);
                shows(out, "{\"BTCUSD\":3,\"EURCHF\":5,\"EURUSD\":4}");
                assertFalse(JavaScriptClientTest.text(out).contains("ended"), () -> JavaScriptClientTest.text(out));
            } finally {
                JavaScriptClientTest.end(client);
            }
        }

        private void shows(Path out, String state) {
            TestGateway.await(() -> JavaScriptClientTest.text(out).endsWith(state + "\n"));
        }
    }
}
