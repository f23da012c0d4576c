package dev.gapless.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The processes of the run that takes place, and their logs. Once it is closed there are none, and there will be none. */
final class Children implements AutoCloseable {
    private final String classPath;
    private final List<String> jvmOptions;
    private final Path logs = Files.createTempDirectory("gapless-bench");
    private final List<Child> running = new ArrayList<>();
    private final List<Path> directories = new ArrayList<>();
    private boolean closed;
    private int started;
    private long killedNs;

    Children(String classPath, List<String> jvmOptions) throws IOException {
        this.classPath = classPath;
        this.jvmOptions = jvmOptions;
    }

    /**
     * Starts a {@link dev.gapless.bench.process.BenchProcess}.
     *
     * @param role how it is called in messages
     * @param more JVM options, beside those that all have
     * @param arguments its job, and what belongs to it
     */
    synchronized Child start(String role, List<String> more, Object... arguments) throws IOException, RunFailure {
        if (closed) {
            throw new RunFailure("interrupted");
        }
        started++;
        List<String> options = new ArrayList<>(jvmOptions);
        options.addAll(more);
        Child child = new Child(
                classPath,
                options,
                role,
                Stream.of(arguments).map(String::valueOf).toList(),
                logs.resolve(started + ".log"));
        running.add(child);
        return child;
    }

    /** The CPU time of all of them so far, those that were killed included. */
    synchronized long cpuNs() {
        return killedNs + running.stream().mapToLong(Child::cpuNs).sum();
    }

    /** Ends one of them at once, as kill -9 does. */
    synchronized void kill(Child child) {
        killedNs += child.cpuNs();
        running.remove(child);
        child.end();
    }

    /** A new directory for one of them. It is gone once they have ended. */
    synchronized Path directory() throws IOException {
        Path directory = Files.createTempDirectory(logs, "store");
        directories.add(directory);
        return directory;
    }

    synchronized void end() {
        running.forEach(Child::end);
        running.clear();
        directories.forEach(Children::delete);
        directories.clear();
    }

    private static void delete(Path directory) {
        try (Stream<Path> found = Files.walk(directory)) {
            for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete what a process has stored", e);
        }
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
