package dev.gapless.bench.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventCheckerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path CLIENT = Path.of("..", "..", "clients", "js", "dist", "client.js");
    private static final Path SCRIPT = Path.of("src", "test", "js", "commands.mjs");
    private static final int MESSAGE_BYTES = 20;
    private static final String A = "00000000000000aa";
    private static final String B = "b000000000000000";
    private static final String CONNECTED =
            "{\"type\":\"connected\",\"data\":{\"node\":\"n1\",\"from\":[\"token\",\"then\"]}}";
    private static final String CONNECTED_OF_BEFORE = "{\"type\":\"connected\",\"data\":{\"node\":\"n1\"}}";
    private static final String SUBSCRIBED =
            "{\"type\":\"subscribed\",\"topic\":\"bench-events\",\"positions\":[{\"node\":\"n1\",\"epoch\":\"" + A
                    + "\",\"seq\":7},{\"node\":\"n1\",\"epoch\":\"" + B
                    + "\",\"seq\":0}],\"silent\":[],\"token\":\"T0\"}";

    private EventChecker checker = new EventChecker(MESSAGE_BYTES, 0, ClientPath.JAVASCRIPT);

    private void take(String frame) {
        byte[] bytes = ("####" + frame + "####").getBytes(StandardCharsets.UTF_8);
        checker.take(bytes, 4, bytes.length - 4);
    }

    private static String event(String epoch, long sequence) {
        return "{\"type\":\"event\",\"topic\":\"bench-events\",\"node\":\"n1\",\"epoch\":\"" + epoch + "\",\"seq\":"
                + sequence + ",\"time\":\"2026-01-31T12:00:00Z\",\"key\":null,\"data\":{\"text\":\"x\"}}";
    }

    private static String withToken(String event, String token) {
        return event.substring(0, event.length() - 1) + ",\"token\":\"" + token + "\"}";
    }

    private static String batch(String token, String... events) {
        return "{\"type\":\"batch\",\"topic\":\"bench-events\",\"data\":[" + String.join(",", events)
                + "],\"timestamp\":\"2026-01-31T12:00:00Z\",\"token\":\"" + token + "\"}";
    }

    private static String expired(long first, long resumesAt) {
        return "{\"type\":\"cursor_expired\",\"topic\":\"bench-events\",\"gaps\":[{\"node\":\"n1\",\"reason\":\"OVERRUN\",\"epoch\":\""
                + A + "\",\"first_missing\":" + first + ",\"missed\":" + (resumesAt - first) + ",\"resumes_epoch\":\""
                + A + "\",\"resumes_at\":" + resumesAt + "}],\"token\":\"FRONT\"}";
    }

    private static String pong(String token) {
        return "{\"type\":\"pong\",\"tokens\":{\"bench-events\":\"" + token + "\"}}";
    }

    /** What it asks for, on connections on which these frames come. */
    private ArrayNode asked(String[][] connections) throws Exception {
        ArrayNode all = JSON.createArrayNode();
        for (String[] frames : connections) {
            checker.connectsAgain();
            ArrayNode asked = all.addArray().add(checker.path());
            for (int i = 0; i <= frames.length; i++) {
                for (String command = checker.command(); command != null; command = checker.command()) {
                    asked.add(JSON.readTree(command));
                }
                if (i < frames.length) {
                    take(frames[i]);
                }
            }
        }
        assertEquals("", checker.problem());
        return all;
    }

    private static JsonNode askedByTheClient(String[][] connections) throws Exception {
        ArrayNode frames = JSON.createArrayNode();
        for (String[] connection : connections) {
            ArrayNode of = frames.addArray();
            for (String frame : connection) {
                of.add(JSON.readTree(frame));
            }
        }
        Process node = new ProcessBuilder(
                        "node",
                        SCRIPT.toString(),
                        CLIENT.toAbsolutePath().normalize().toString(),
                        frames.toString())
                .redirectErrorStream(true)
                .start();
        try {
            String out = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(node.waitFor(60, TimeUnit.SECONDS) && node.exitValue() == 0, out);
            return JSON.readTree(out);
        } finally {
            node.destroyForcibly();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {CONNECTED, CONNECTED_OF_BEFORE})
    void asksForWhatTheJavaScriptClientAsksFor(String connected) throws Exception {
        boolean isThere = Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "node")));
        assumeTrue(isThere || "required".equals(System.getenv("GAPLESS_FOREIGN_CLIENTS")), "node is not installed");
        boolean isBefore = connected.equals(CONNECTED_OF_BEFORE);
        String one = isBefore ? withToken(event(B, 1), "T1") : event(B, 1);
        String[][] connections = {
            {connected, SUBSCRIBED, one},
            {
                connected,
                SUBSCRIBED.replace("T0", "T1"),
                batch("T2", event(A, 8), event(B, 2)),
                expired(9, 12),
                pong("T3")
            },
            {connected, SUBSCRIBED.replace("T0", "T3"), isBefore ? pong("T4") : expired(12, 20)},
            {connected}
        };
        JsonNode asked = asked(connections);
        assertEquals(askedByTheClient(connections), asked);
        assertTrue(asked.get(1).get(1).get("from").textValue().contains(isBefore ? "T1" : "\"then\""), asked::toString);
        assertEquals(isBefore, asked.get(0).get(1).path("ids").asBoolean(), asked::toString);
    }

    @Test
    void hasEachStreamInOrderOrIsToldWhatIsMissing() {
        checker.connectsAgain();
        take(CONNECTED);
        assertFalse(checker.isSubscribed());
        take(SUBSCRIBED);
        assertTrue(checker.isSubscribed());
        take(event(A, 8));
        take(batch("T1", event(B, 1), event(A, 9)));
        take(expired(10, 13));
        take(event(A, 13));
        assertEquals("", checker.problem());
        assertEquals(4, checker.received());
        assertEquals(3, checker.announced());
        assertEquals(14, checker.last());
    }

    @Test
    void mindsAnEventThatIsMissingOrComesTwice() {
        for (long sequence : new long[] {7, 9}) {
            checker = new EventChecker(MESSAGE_BYTES, 0, ClientPath.PLAIN);
            checker.connectsAgain();
            take(SUBSCRIBED);
            take(event(B, 1));
            assertEquals("", checker.problem());
            take(event(A, sequence));
            assertEquals("event " + sequence + " of n1 behind 7", checker.problem());
        }
    }

    @Test
    void askForATokenWithEachEvent() throws Exception {
        checker = new EventChecker(MESSAGE_BYTES, 0, ClientPath.IDS);
        checker.connectsAgain();
        assertTrue(JSON.readTree(checker.command()).get("ids").booleanValue());
        take(SUBSCRIBED);
        take(withToken(event(A, 8), "T8"));
        checker.connectsAgain();
        assertEquals("T8", JSON.readTree(checker.command()).get("from").textValue());
        assertEquals("", checker.problem());
    }
}
