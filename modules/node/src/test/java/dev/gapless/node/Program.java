package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.gateway.internal.json.PayloadJson;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The program in a process of its own, on this test's class path. Closing it ends it, however it is. */
final class Program implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofMinutes(5);
    private static final int SIGINT = 2;
    private static final int LINES_TO_SHOW = 5;
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final List<String> args;
    private final Path out;
    private final Path err;
    private final Process process;
    private final BufferedWriter in;

    private Program(Path directory, Map<String, String> environment, List<String> shell, List<String> args)
            throws IOException {
        int number = NUMBER.incrementAndGet();
        this.args = args;
        this.out = directory.resolve(number + ".out");
        this.err = directory.resolve(number + ".err");
        List<String> command =
                new ArrayList<>(isInterruptIgnored() ? List.of("env", "--default-signal=INT") : List.of());
        command.addAll(shell);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(ClassArchive.options());
        command.add("-Dgapless.consumers=" + System.getProperty("gapless.consumers", ""));
        if (Runtime.version().feature() >= 24) {
            command.add("--sun-misc-unsafe-memory-access=allow"); // as bin/gapless does: no words but the program's own
        }
        command.add("-Djava.io.tmpdir=" + directory);
        if (!Files.exists(directory.resolve("logback.xml"))) { // which a node finds beside its configuration
            command.add("-Dlogback.configurationFile=logback-tool.xml");
        }
        command.add("-cp");
        command.add(ClassArchive.classPath());
        command.add("dev.gapless.node.GaplessCommand");
        command.addAll(args);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().putAll(environment);
        this.process = builder.start();
        this.in = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    }

    /** Who is started in the background by a shell ignores SIGINT, and so does what it starts. */
    private static boolean isInterruptIgnored() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return false;
        }
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("SigIgn:"))
                    .map(line -> line.substring(line.lastIndexOf('\t') + 1))
                    .anyMatch(ignored -> (Long.parseUnsignedLong(ignored, 16) & 1L << (SIGINT - 1)) != 0);
        }
    }

    static Program start(Path directory, String... args) throws IOException {
        return new Program(directory, Map.of(), List.of(), List.of(args));
    }

    /** Runs a script, of which the program's command line is {@code "$@"}, in the directory. */
    static Program startIn(Path directory, String script, String... args) throws IOException {
        return new Program(
                directory,
                Map.of(),
                List.of("sh", "-c", "cd \"$0\" && " + script, directory.toString()),
                List.of(args));
    }

    static Program start(Path directory, Map<String, String> environment, String... args) throws IOException {
        return new Program(directory, environment, List.of(), List.of(args));
    }

    /** Writes lines to its standard input. */
    void write(List<String> lines) throws IOException {
        for (String line : lines) {
            in.write(line);
            in.write('\n');
        }
        in.flush();
    }

    /** Its standard input ends. */
    void endInput() throws IOException {
        in.close();
    }

    /** What it printed, without a line that it has only begun. */
    List<String> out() {
        return lines(out);
    }

    List<String> err() {
        return lines(err);
    }

    private static List<String> endOf(List<String> lines) {
        return lines.subList(Math.max(0, lines.size() - LINES_TO_SHOW), lines.size());
    }

    private static List<String> lines(Path file) {
        try {
            String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8); // it may end within a character
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those lines of its output that are of this type of event. */
    List<JsonNode> events(String type) {
        List<JsonNode> events = new ArrayList<>();
        try {
            for (String line : out()) {
                JsonNode json = PayloadJson.JSON.readTree(line);
                if (json.path("type").asText().equals(type)) {
                    events.add(json);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return events;
    }

    /** Waits until its standard error has this text. */
    void awaitErr(String text) throws InterruptedException {
        await("'" + text + "'", () -> err().stream().anyMatch(line -> line.contains(text)));
    }

    /** Waits until the condition holds; the test fails at once if the process ends before. */
    void await(String what, BooleanSupplier condition) throws InterruptedException {
        Supplier<String> otherwise = () -> this + ": no " + what;
        Await.within(DEADLINE, otherwise, () -> {
            boolean alive = process.isAlive(); // before the condition: what it did last counts
            boolean holds = condition.getAsBoolean();
            if (!holds && !alive) {
                fail(otherwise);
            }
            return holds;
        });
    }

    /** Waits for what no process in particular does. */
    static void awaitThat(String what, BooleanSupplier condition) throws InterruptedException {
        Await.within(DEADLINE, () -> "no " + what, condition);
    }

    /** Waits until it ends; returns its exit status. */
    int awaitExit() throws InterruptedException {
        if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
            fail(this + ": does not end");
        }
        return process.exitValue();
    }

    long pid() {
        return process.pid();
    }

    /** The processes that it has started. */
    List<ProcessHandle> descendants() {
        return process.descendants().toList();
    }

    /** Sends a signal, such as TERM. */
    void signal(String name) throws IOException, InterruptedException {
        Process kill =
                new ProcessBuilder("sh", "-c", "kill -" + name + " \"$0\"", String.valueOf(process.pid())).start();
        if (kill.waitFor() != 0) {
            fail(this + ": kill -" + name + " failed");
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    @Override
    public String toString() {
        return "gapless " + String.join(" ", args) + (process.isAlive() ? "" : " (status " + process.exitValue() + ")")
                + ", standard error " + err() + ", the end of its output " + endOf(out());
    }
}
