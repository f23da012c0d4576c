package dev.gapless.planted;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A module into whose sources faults are planted.
 *
 * @param name of its directory
 */
record Victim(String name) {
    private static final Path SOURCES = Path.of("src", "main", "java");

    /** What is called so only where it runs: other modules have its test classes on their class path, too. */
    private static final String LOGGING_OF_DURABLE = "-Dlogback.configurationFile=logback-durable-test.xml";

    /** Part of the class path for other victims: these modules are not on the victim's own, where they would change what its tests see. */
    private static final Map<String, List<String>> NOT_SEEN = Map.of(
            "cluster", List.of("gateway", "durable", "bench", "node", "testkit", "spring-boot-starter"),
            "gateway", List.of("durable", "bench", "node", "testkit", "spring-boot-starter"),
            "durable", List.of("gateway", "bench", "node", "testkit", "spring-boot-starter"),
            "spring-boot-starter", List.of("gateway", "durable", "bench", "node"),
            "node", List.of());

    /** Those that there are. */
    static List<String> names() {
        return NOT_SEEN.keySet().stream().sorted().toList();
    }

    /** Of what this module's tests have on their class path, what the victim's have. */
    boolean sees(Path entry) {
        return NOT_SEEN.getOrDefault(name, List.of()).stream()
                .noneMatch(module -> entry.startsWith(directory().resolveSibling(module)));
    }

    /** Of the JVM that runs its tests. */
    List<String> options() {
        return name.equals("durable") ? List.of(LOGGING_OF_DURABLE) : List.of();
    }

    /** Where it is; its tests and those of this module run in directories side by side. */
    Path directory() {
        return Path.of("..", name).toAbsolutePath().normalize();
    }

    Path testClasses() {
        return directory().resolve(Path.of("target", "test-classes"));
    }

    Path testSources() {
        return directory().resolve(Path.of("src", "test", "java"));
    }

    /** The files into which faults are planted: also those of the core, where only a node shows them. */
    List<Path> sources() throws IOException {
        List<Path> all = new ArrayList<>();
        for (String module : List.of(name, "core")) {
            try (Stream<Path> files =
                    Files.walk(directory().resolveSibling(module).resolve(SOURCES))) {
                files.filter(Files::isRegularFile).forEach(all::add);
            }
        }
        return all;
    }

    List<PlantedFault> faults() throws IOException {
        return PlantedFaults.of(directory().resolve(Path.of("src", "test", "resources", "planted-faults.txt")));
    }
}
