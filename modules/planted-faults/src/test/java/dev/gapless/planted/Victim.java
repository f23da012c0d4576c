package dev.gapless.planted;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A module into whose sources faults are planted.
 *
 * @param name of its directory
 */
record Victim(String name) {
    private static final Path SOURCES = Path.of("src", "main", "java");

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

    /** Where faults are planted: also into the core, where only a node shows them. */
    List<Path> sources() {
        return List.of(
                directory().resolve(SOURCES), directory().resolveSibling("core").resolve(SOURCES));
    }

    List<PlantedFault> faults() throws IOException {
        return PlantedFaults.of(directory().resolve(Path.of("src", "test", "resources", "planted-faults.txt")));
    }
}
