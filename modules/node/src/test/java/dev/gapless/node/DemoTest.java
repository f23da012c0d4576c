package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.gateway.internal.json.PayloadJson;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demo, as it is. */
@Timeout(600)
class DemoTest {
    @TempDir
    private Path directory;

    @Test
    void endsWithATableWithoutAViolation() throws Exception {
        try (Program demo = Program.start(directory, "demo", "--fast")) {
            int status = demo.awaitExit();
            String text = String.join("\n", demo.out());
            assertEquals(0, status, () -> text + demo);
            for (String row : List.of("silent gaps", "duplicates", "altered")) {
                assertTrue(text.matches("(?s).*\n  " + row + " +0 +0\n.*"), text);
            }
            assertTrue(text.contains("cursor_expired OVERRUN: n1"), text);
            assertTrue(text.contains("cursor_expired PRODUCER_"), text);
            assertTrue(!text.contains("\033"), "colours, although no terminal is there");
            assertEquals(0, processesOf(text), "processes left over");
        }
    }

    @Test
    void itsGatewayShowsWhatItDeliversAndAnInterruptEndsEverything() throws Exception {
        try (Program demo = Program.start(directory, "demo", "--fast")) {
            showsWhatItDelivers(demo);
            demo.await(
                    "a stopped node", () -> demo.out().stream().anyMatch(line -> line.contains("stopped (SIGSTOP)")));
            demo.signal("INT");
            assertEquals(1, demo.awaitExit(), demo::toString);
            assertEquals(List.of("gapless demo: interrupted"), demo.err());
            assertEquals(0, processesOf(String.join("\n", demo.out())), "processes left over");
        }
    }

    private static void showsWhatItDelivers(Program demo) throws Exception {
        String curl = "  curl -N '";
        demo.await("the gateway", () -> demo.out().stream().anyMatch(line -> line.startsWith(curl)));
        String line = demo.out().stream()
                .filter(one -> one.startsWith(curl))
                .findFirst()
                .orElseThrow();
        URI events = URI.create(line.substring(curl.length(), line.length() - 1));
        try (Stream<String> lines = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(events).build(), HttpResponse.BodyHandlers.ofLines())
                .body()) {
            String event =
                    lines.filter(one -> one.startsWith("data: ")).findFirst().orElseThrow();
            JsonNode json = PayloadJson.JSON.readTree(event.substring("data: ".length()));
            assertEquals("n1", json.get("node").textValue());
            assertTrue(json.get("data").get("number").isNumber(), event);
        }
    }

    @Test
    @Tag("thorough")
    @Tag("day1")
    void nothingOutlivesItWhenItIsKilled() throws Exception {
        try (Program demo = Program.start(directory, "demo", "--fast")) {
            demo.await(
                    "a stopped node", () -> demo.out().stream().anyMatch(line -> line.contains("stopped (SIGSTOP)")));
            String text = String.join("\n", demo.out());
            assertEquals(3, processesOf(text));
            demo.signal("KILL");
            demo.awaitExit();
            Program.awaitThat("the end of its processes", () -> processesOf(text) == 0);
        }
    }

    private static long processesOf(String text) {
        try (Stream<String> lines = text.lines()) {
            return lines.filter(line -> line.contains(" started, process "))
                    .map(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
                    .flatMap(pid -> ProcessHandle.of(pid).stream())
                    .filter(ProcessHandle::isAlive)
                    .count();
        }
    }
}
