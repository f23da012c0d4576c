package dev.gapless.simulation.mutation;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** The core with a fault in it, in a process of its own. */
final class Mutant {
    /** Where the core's sources are, from this module's directory. */
    static final Path SOURCES = Path.of("..", "core", "src", "main", "java");

    private final Path directory;

    private Mutant(Path directory) {
        this.directory = directory;
    }

    /**
     * What came of it.
     *
     * @param killer what noticed the fault, or empty if nothing did
     * @param what what that found broken
     * @param seconds how long it took
     */
    record Verdict(String killer, String what, double seconds) {
        boolean isKilled() {
            return !killer.isEmpty();
        }
    }

    /** The core without any fault. */
    static Mutant none(String name) throws IOException {
        return new Mutant(emptied(Path.of("target", "mutations", name)));
    }

    /** Plants the fault and compiles the classes that it changes. */
    static Mutant of(Mutation mutation) throws IOException {
        Path directory = emptied(Path.of("target", "mutations", mutation.name()));
        List<Path> files = new ArrayList<>();
        for (Map.Entry<Path, String> changed : mutation.apply(SOURCES).entrySet()) {
            Path file = directory.resolve("sources").resolve(changed.getKey());
            Files.createDirectories(file.getParent());
            Files.writeString(file, changed.getValue());
            files.add(file);
        }
        compile(files, directory.resolve("classes"));
        return new Mutant(directory);
    }

    private static void compile(List<Path> files, Path to) throws IOException {
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        StringWriter words = new StringWriter();
        List<String> options =
                List.of("-proc:none", "-nowarn", "-d", to.toString(), "-cp", System.getProperty("java.class.path"));
        try (StandardJavaFileManager manager = javac.getStandardFileManager(null, null, null)) {
            boolean compiled = javac.getTask(
                            words, manager, null, options, null, manager.getJavaFileObjectsFromPaths(files))
                    .call();
            if (!compiled) {
                throw new IllegalStateException("does not compile: " + words);
            }
        }
    }

    /** Lets it be judged. Whatever does not end by itself in time is killed by that. */
    Verdict judge(Judge.Mandate mandate, long atMostSeconds) throws IOException, InterruptedException {
        long startNs = System.nanoTime();
        Path output = directory.resolve("output.txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-ea",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx512m",
                "-Dgapless.consumers=" + System.getProperty("gapless.consumers", ""),
                "-cp",
                directory.resolve("classes") + java.io.File.pathSeparator + System.getProperty("java.class.path"),
                Judge.class.getName()));
        command.addAll(List.of(mandate.args()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(atMostSeconds, TimeUnit.SECONDS);
        process.destroyForcibly().waitFor();
        double seconds = (System.nanoTime() - startNs) / 1e9;
        if (!ended) {
            return new Verdict("time", "does not end within " + atMostSeconds + " s", seconds);
        }
        List<String> lines = Files.readAllLines(output);
        for (String line : lines) {
            if (line.startsWith(Judge.KILLED)) {
                String[] found = line.substring(Judge.KILLED.length()).split("\t", 2);
                return new Verdict(found[0], found[1], seconds);
            } else if (line.equals(Judge.PASSED)) {
                return new Verdict("", "", seconds);
            }
        }
        throw new IllegalStateException("no verdict: " + String.join("\n", lines));
    }

    private static Path emptied(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (var all = Files.walk(directory)) {
                for (Path path : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                    Files.delete(path);
                }
            }
        }
        return Files.createDirectories(directory);
    }
}
