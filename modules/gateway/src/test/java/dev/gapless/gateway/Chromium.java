package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Debian's Chromium, driven by Playwright in Node: code of JavaScript, with a page, is run there. */
final class Chromium implements AutoCloseable {
    private static final Path SCRIPTS = Path.of("src", "test", "browser");
    private static final Path INSTALLED = Path.of("target", "browser");

    private final Process node;
    private final BufferedWriter in;
    private final BufferedReader out;
    private final Path errors;
    private int number;

    private Chromium(Process node, Path errors) {
        this.node = node;
        this.errors = errors;
        this.in = node.outputWriter(StandardCharsets.UTF_8);
        this.out = node.inputReader(StandardCharsets.UTF_8);
    }

    /** Leaves out the test that is run if it is not installed, as {@link ForeignClientsTest} does. */
    static Chromium start() {
        ForeignClientsTest.needs("node", "npm", "chromium");
        try {
            install();
            Path errors = Files.createTempFile(INSTALLED, "errors", ".txt");
            Process node = new ProcessBuilder("node", "driver.js", where("chromium"))
                    .directory(INSTALLED.toFile())
                    .redirectError(errors.toFile())
                    .start();
            return new Chromium(node, errors);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String where(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .map(one -> Path.of(one, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow()
                .toString();
    }

    /** The libraries, as package-lock.json has them. */
    private static synchronized void install() throws IOException, InterruptedException {
        Files.createDirectories(INSTALLED);
        for (String file : List.of("package.json", "package-lock.json", "driver.js")) {
            Files.writeString(INSTALLED.resolve(file), Files.readString(SCRIPTS.resolve(file)));
        }
        Npm.install(INSTALLED);
    }

    /** Runs this code there, in which {@code open()} makes a page. {@return what it returns} */
    JsonNode run(String code) {
        return run(code, "");
    }

    /** The same with an argument, of that name. */
    JsonNode run(String code, String argument) {
        ObjectNode command = TestGateway.JSON
                .createObjectNode()
                .put("number", ++number)
                .put("code", code)
                .put("argument", argument);
        try {
            in.write(command + "\n");
            in.flush();
            String line = CompletableFuture.supplyAsync(this::line)
                    .orTimeout(TestGateway.DEADLINE.toSeconds() * 5, TimeUnit.SECONDS)
                    .join();
            assertTrue(line != null, () -> "Chromium has ended: " + text(errors));
            JsonNode answer = TestGateway.json(line);
            assertEquals(number, answer.get("number").intValue());
            if (answer.has("error")) {
                throw new AssertionError(answer.get("error").textValue());
            }
            return answer.get("value");
        } catch (IOException e) {
            throw new UncheckedIOException(text(errors), e);
        }
    }

    /** What the largest page takes of memory for itself, with its workers; 0 where Linux does not say it. */
    long memoryBytes() {
        return node.descendants()
                .map(process -> Path.of("/proc", Long.toString(process.pid())))
                .filter(process -> text(process.resolve("cmdline")).contains("--type=renderer"))
                .mapToLong(process -> text(process.resolve("status"))
                        .lines()
                        .filter(line -> line.startsWith("RssAnon:"))
                        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                        .sum())
                .max()
                .orElse(0);
    }

    private String line() {
        try {
            return out.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        List<ProcessHandle> all = node.descendants().toList();
        all.forEach(ProcessHandle::destroyForcibly);
        node.destroyForcibly();
    }
}
