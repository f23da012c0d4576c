package dev.gapless.bench;

import dev.gapless.bench.process.BenchProcess;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A {@link BenchProcess}, from outside. */
final class Child {
    private static final String ENDED = "ended";
    private static final Duration END = Duration.ofSeconds(30);

    private final String role;
    private final Process process;
    private final Path log;
    private final BufferedWriter in;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    /**
     * Starts it.
     *
     * @param classPath with this class, and what it needs
     * @param log where its standard error goes
     */
    Child(String classPath, List<String> jvmOptions, String role, List<String> arguments, Path log) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.add("-Dlogback.configurationFile=logback-bench.xml");
        if (Runtime.version().feature() >= 24) {
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        command.addAll(List.of("-cp", classPath, BenchProcess.class.getName()));
        command.addAll(arguments);
        this.role = role;
        this.log = log;
        process = new ProcessBuilder(command).redirectError(log.toFile()).start();
        in = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        Thread reader = new Thread(this::read, "bench-" + role);
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            // it was ended
        }
        lines.add(ENDED);
    }

    /** Orders something. If the process has ended, the next answer says so. */
    void order(String order) {
        try {
            in.write(order);
            in.newLine();
            in.flush();
        } catch (IOException e) {
            // it has ended
        }
    }

    /** Waits for the answer that begins with this word; the rest of it. */
    String answer(String word, Duration patience) throws RunFailure, InterruptedException {
        String line = lines.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
        if (line == null) {
            throw new RunFailure(
                    "the " + role + " did not answer '" + word + "' within " + patience.toSeconds() + " s");
        } else if (line.equals(ENDED)) {
            throw new RunFailure("the " + role + " ended unasked" + lastWords());
        } else if (line.startsWith("failed ")) {
            throw new RunFailure("the " + role + " failed: " + line.substring("failed ".length()));
        } else if (!line.startsWith(word + " ")) {
            throw new RunFailure("the " + role + " said '" + line + "' instead of '" + word + "'");
        }
        return line.substring(word.length() + 1);
    }

    private String lastWords() {
        try {
            List<String> said = Files.readAllLines(log);
            return said.isEmpty() ? "" : ": " + said.get(said.size() - 1);
        } catch (IOException e) {
            return "";
        }
    }

    /** The CPU time of all its threads so far. */
    long cpuNs() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
    }

    /** Sends it a signal. */
    void signal(String name) throws IOException, InterruptedException, RunFailure {
        Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (kill.waitFor() != 0) {
            throw new RunFailure("the " + role + " cannot be sent the signal " + name);
        }
    }

    /** Ends it at once, and waits until it is gone. */
    void end() {
        process.destroyForcibly();
        try {
            boolean gone = process.waitFor(END.toSeconds(), TimeUnit.SECONDS);
            assert gone : process.pid();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
