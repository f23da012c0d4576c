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
                "-Xshare:auto",
                "-Dmultijvm.log=" + log);
    }

    static List<String> withoutGapless(List<String> classPath) {
        return classPath.stream()
                .filter(entry -> !entry.contains("gapless-") && !isModule(entry))
                .toList();
    }

    private static boolean isModule(String entry) {
        Path path = Path.of(entry);
        return path.endsWith(Path.of("cluster", "target", "classes"))
                || path.endsWith(Path.of("core", "target", "classes"))
                || path.endsWith(Path.of("node", "target", "classes"));
    }
}
