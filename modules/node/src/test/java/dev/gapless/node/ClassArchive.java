package dev.gapless.node;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * An archive of the classes of all jars, which the JVMs of {@link Program} map instead of loading and verifying them. It is made once, and
 * again when a jar has changed. Without it everything works, only slower.
 */
final class ClassArchive {
    private static final Path DIRECTORY = Path.of("target", "archive");
    private static final long SECONDS = 120;
    private static final List<String> CLASS_PATH =
            jarsFirst(List.of(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                    .split(File.pathSeparator, -1)));
    private static final List<String> OPTIONS = make();

    private ClassArchive() {}

    /** What the archive was made of comes first, as the JVM demands. */
    static String classPath() {
        return String.join(File.pathSeparator, CLASS_PATH);
    }

    /** The options that make use of it. */
    static List<String> options() {
        return OPTIONS;
    }

    private static List<String> jarsFirst(List<String> classPath) {
        List<String> sorted = new ArrayList<>(jars(classPath));
        classPath.stream().filter(entry -> !entry.endsWith(".jar")).forEach(sorted::add);
        return sorted;
    }

    private static List<String> jars(List<String> classPath) {
        return classPath.stream().filter(entry -> entry.endsWith(".jar")).toList();
    }

    private static List<String> make() {
        try (FileChannel channel = open()) {
            channel.lock(); // the other JVMs that run tests wait for the archive
            Path archive = DIRECTORY.resolve("classes-" + fingerprint() + ".jsa");
            if (!Files.exists(archive)) {
                Path list = DIRECTORY.resolve("classes.lst");
                listClasses(list);
                dump(list, archive);
            }
            return Files.exists(archive)
                    ? List.of("-Xshare:auto", "-XX:SharedArchiveFile=" + archive.toAbsolutePath())
                    : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static FileChannel open() throws IOException {
        Files.createDirectories(DIRECTORY);
        return FileChannel.open(DIRECTORY.resolve("classes.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private static String fingerprint() throws IOException {
        StringBuilder text = new StringBuilder(System.getProperty("java.vm.version"));
        for (String jar : jars(CLASS_PATH)) {
            text.append(jar).append(Files.getLastModifiedTime(Path.of(jar)).toMillis());
        }
        return Integer.toHexString(text.toString().hashCode());
    }

    /** Which classes a node loads until it is up. */
    private static void listClasses(Path list) throws IOException, InterruptedException {
        int port = Ports.free();
        Path config = Files.write(
                DIRECTORY.resolve("node.conf"),
                List.of(
                        "include required(file(\""
                                + Path.of("..", "..", "conf", "cluster.conf").toAbsolutePath() + "\"))",
                        "pekko.remote.artery.canonical.port = " + port,
                        "pekko.cluster.seed-nodes = [\"pekko://gapless@127.0.0.1:" + port + "\"]"));
        Path log = DIRECTORY.resolve("node.log");
        Process node = java(
                log,
                List.of(
                        "-XX:+UseSerialGC",
                        "-XX:DumpLoadedClassList=" + list,
                        "-Dlogback.configurationFile=logback-tool.xml",
                        "-cp",
                        classPath(),
                        GaplessCommand.class.getName(),
                        "node",
                        "--config",
                        config.toString()));
        long untilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (node.isAlive() && !Files.readString(log).contains("is up") && System.nanoTime() - untilNs < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        node.destroy();
        end(node);
    }

    private static void dump(Path list, Path archive) throws IOException, InterruptedException {
        Process dump = java(
                DIRECTORY.resolve("dump.log"),
                List.of(
                        "-Xshare:dump",
                        "-XX:+UseSerialGC",
                        "-XX:SharedClassListFile=" + list,
                        "-XX:SharedArchiveFile=" + archive,
                        "-cp",
                        String.join(File.pathSeparator, jars(CLASS_PATH))));
        if (!end(dump) || dump.exitValue() != 0) {
            Files.deleteIfExists(archive); // or a part of it would be taken for it, by the next run, too
        }
    }

    private static Process java(Path log, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    /** {@return whether it ended by itself} */
    private static boolean end(Process process) throws InterruptedException {
        boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly().waitFor();
        return ended;
    }
}
