package dev.gapless.multijvm.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM of its own: a line in is a command, a line out an answer. */
final class JvmProcess implements AutoCloseable {
    private static final long END_SECONDS = 60;

    /** Hears what a process says. */
    interface Listener {
        void line(String line);

        /** It says nothing more. */
        void ends();
    }

    private final Process process;
    private final BufferedWriter in;
    private final Thread reader;

    /**
     * Starts it.
     *
     * @param listener is given each line of its standard output, and told when that has ended
     */
    JvmProcess(
            List<String> classPath,
            List<String> options,
            String main,
            List<String> arguments,
            Path errors,
            Listener listener) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.add("-cp");
        command.add(String.join(File.pathSeparator, classPath));
        command.add(main);
        command.addAll(arguments);
        try {
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        in = process.outputWriter(StandardCharsets.UTF_8);
        reader = Daemon.start("reads-" + process.pid(), () -> read(listener));
    }

    /** The class path of the running test. */
    static List<String> classPath() {
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return List.of(path.split(File.pathSeparator, -1));
    }

    void write(String line) {
        try {
            synchronized (in) {
                in.write(line);
                in.newLine();
                in.flush();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The process " + process.pid() + " takes no more commands", e);
        }
    }

    void endInput() {
        try {
            in.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int exitStatus() {
        return process.exitValue();
    }

    void signal(String signal) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start();
            if (kill.waitFor() != 0) {
                throw new IllegalStateException("kill -" + signal + " " + process.pid() + " failed");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The letter that the kernel has for its state: T is stopped. */
    char state() {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it at once, whatever it does, and waits for its end, and until the listener was given all that it had said. */
    @Override
    public void close() {
        // By its handle: Process.destroyForcibly closes the stream, and what was said and not yet read would be lost.
        process.toHandle().destroyForcibly();
        try {
            reader.join(TimeUnit.SECONDS.toMillis(END_SECONDS));
            if (reader.isAlive() || !process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("The process " + process.pid() + " does not end");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void read(Listener listener) {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            String line = out.readLine();
            while (line != null) {
                listener.line(line);
                line = out.readLine();
            }
        } catch (IOException e) {
            // the pipe broke: it has ended
        } finally {
            listener.ends();
        }
    }
}
