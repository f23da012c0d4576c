package dev.gapless.node.demo;

import dev.gapless.node.Failure;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One of the demo's three processes, from outside. */
final class DemoProcess {
    private static final long SIGNAL_SECONDS = 30;
    private static final long LEAVE_SECONDS = 60;

    private final Process process;
    private final BufferedWriter in;
    private final ProcessState state;
    private final Thread reader;

    /**
     * Starts this program once more, as a node.
     *
     * @param port 0 for a free one
     * @param directory for its log, and its flight recorder
     * @param to is told what it reports, on a thread of its own
     */
    static DemoProcess start(String name, int port, int ring, Path directory, Consumer<DemoReport> to) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // Little memory, and quick to start.
        command.addAll(List.of("-Xmx160m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.add("-XX:FlightRecorderOptions=repository=" + directory);
        command.add("-Dlogback.configurationFile=logback-tool.xml");
        if (Runtime.version().feature() >= 24) {
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.gapless.node.GaplessCommand"));
        command.addAll(List.of("demo-node", "--name", name, "--port", "" + port, "--ring", "" + ring));
        File log = directory.resolve(name + ".log").toFile();
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log));
        try {
            return new DemoProcess(name, builder.start(), to);
        } catch (IOException e) {
            throw new Failure("cannot start " + name + ": " + e.getMessage(), e);
        }
    }

    /** One that runs; what it reports goes there, on a thread of its own. */
    DemoProcess(String name, Process process, Consumer<DemoReport> to) {
        this.process = process;
        in = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        state = new ProcessState(process.pid());
        reader = new Thread(() -> read(to), "gapless-demo-" + name);
        reader.setDaemon(true);
        reader.start();
    }

    private void read(Consumer<DemoReport> to) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = lines.readLine();
            while (line != null) {
                DemoReport report = DemoReport.parse(line);
                if (report != null) {
                    to.accept(report);
                }
                line = lines.readLine();
            }
        } catch (IOException e) {
            // It was killed.
        }
    }

    void tell(String command) {
        try {
            in.write(command);
            in.newLine();
            in.flush();
        } catch (IOException e) {
            throw new Failure("process " + pid() + " has ended: " + e.getMessage(), e);
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Stands still, with all it has; true if it does. */
    boolean pause() {
        state.stop();
        long untilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(SIGNAL_SECONDS);
        while (!state.isStopped() && System.nanoTime() - untilNs < 0) {
            sleep(10);
        }
        return state.isStopped();
    }

    boolean isPaused() {
        return state.isStopped();
    }

    void resume() {
        state.goOn();
    }

    /** SIGKILL; returns once it is gone, and everything it said was heard. */
    boolean kill() {
        // By its handle: Process.destroyForcibly closes the stream, and what was said and not yet read would be lost.
        process.toHandle().destroyForcibly();
        try {
            boolean gone = process.waitFor(SIGNAL_SECONDS, TimeUnit.SECONDS);
            reader.join(TimeUnit.SECONDS.toMillis(SIGNAL_SECONDS));
            return gone && !reader.isAlive();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Its input ends, so it leaves. */
    void leave() {
        try {
            in.close();
        } catch (IOException e) {
            // It has ended already.
        }
    }

    /** Waits until it has left; true if it did so by itself, and with status 0. */
    boolean awaitLeft() {
        try {
            return process.waitFor(LEAVE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
