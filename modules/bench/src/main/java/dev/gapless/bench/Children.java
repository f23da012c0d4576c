package dev.gapless.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The processes of the run that takes place, and their logs. Once it is closed there are none, and there will be none. */
final class Children implements AutoCloseable {
    private final String classPath;
    private final List<String> jvmOptions;
    private final Path logs = Files.createTempDirectory("gapless-bench");
    private final List<Child> running = new ArrayList<>();
    private boolean closed;
    private int started;

    Children(String classPath, List<String> jvmOptions) throws IOException {
        this.classPath = classPath;
        this.jvmOptions = jvmOptions;
    }

    synchronized Child start(String peer, String role, int ratePerSecond) throws IOException, RunFailure {
        if (closed) {
            throw new RunFailure("interrupted");
        }
        started++;
        Child child = new Child(classPath, jvmOptions, peer, role, ratePerSecond, logs.resolve(started + ".log"));
        running.add(child);
        return child;
    }

    synchronized void end() {
        running.forEach(Child::end);
        running.clear();
    }

    synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public synchronized void close() {
        closed = true;
        end();
        try (Stream<Path> files = Files.list(logs)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(logs);
        } catch (NoSuchFileException e) {
            // closed before
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete the logs of the processes", e);
        }
    }
}
