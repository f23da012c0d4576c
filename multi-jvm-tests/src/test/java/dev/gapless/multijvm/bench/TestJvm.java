package dev.gapless.multijvm.bench;

import java.nio.file.Path;
import java.util.List;

/** How a test node's JVM is started. */
final class TestJvm {
    private TestJvm() {}

    /** Starts quickly, with assertions; what it logs goes to that file. */
    static List<String> options(Path log) {
        return List.of(
                "-ea:dev.gapless...",
                "-Xmx256m",
                "-Xss512k",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-Dgapless.consumers=" + System.getProperty("gapless.consumers", ""),
                "-Dmultijvm.log=" + log);
    }

    static List<String> withoutGapless(List<String> classPath) {
        return classPath.stream().filter(entry -> !isGapless(Path.of(entry))).toList();
    }

    /** One of the modules' jars, or their classes. */
    private static boolean isGapless(Path entry) {
        return entry.getFileName().toString().startsWith("gapless")
                || entry.endsWith(Path.of("cluster", "target", "classes"))
                || entry.endsWith(Path.of("core", "target", "classes"))
                || entry.endsWith(Path.of("node", "target", "classes"));
    }
}
