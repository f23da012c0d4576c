package dev.gapless.multijvm.bench;

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

/**
 * An archive of the libraries' classes, which the test nodes' JVMs map instead of loading and verifying them: they start in
 * half the time. It is made once, and again when a library has changed. Without it everything works, only slower.
 */
final class ClassArchive {
    private static final Path DIRECTORY = Path.of("target", "multijvm");
    private static final long DUMP_SECONDS = 120;
    private static final List<String> CLASS_PATH = jarsFirst(JvmProcess.classPath());
    private static final List<String> OPTIONS = make();

    private ClassArchive() {}

    /** What the archive was made of comes first, as the JVM demands. */
    static List<String> classPath() {
        return CLASS_PATH;
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
            return Files.exists(archive) ? List.of("-Xshare:auto", "-XX:SharedArchiveFile=" + archive) : List.of();
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

    /** Which classes a node of a cluster of one loads. */
    private static void listClasses(Path list) {
        try (TestCluster cluster = TestCluster.named("ClassArchive")) {
            TestNode node = cluster.add("n1", "", NodeKind.PLAIN, List.of("-XX:DumpLoadedClassList=" + list));
            node.awaitStarted();
            cluster.awaitUp();
            node.endInput();
            node.awaitEnd();
        }
    }

    private static void dump(Path list, Path archive) throws IOException, InterruptedException {
        Process dump = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:dump",
                        "-XX:+UseSerialGC",
                        "-XX:SharedClassListFile=" + list,
                        "-XX:SharedArchiveFile=" + archive,
                        "-cp",
                        String.join(File.pathSeparator, jars(CLASS_PATH)))
                .redirectErrorStream(true)
                .redirectOutput(DIRECTORY.resolve("classes.log").toFile())
                .start();
        if (!dump.waitFor(DUMP_SECONDS, TimeUnit.SECONDS) || dump.exitValue() != 0) {
            dump.destroyForcibly().waitFor();
            Files.deleteIfExists(archive); // or a part of it would be taken for it, by the next run, too
        }
    }
}
