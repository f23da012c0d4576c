package dev.gapless.simulation.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gapless.core.node.ShardSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every scenario brings about what stands in its file. {@code -Dscenarios.rewrite=true} writes the files anew. Consumers that read each producer by
 * itself have files of their own.
 */
class ScenarioTest {
    static final Path SCENARIOS =
            Path.of("src/test/resources", ShardSettings.isByPlaces() ? "scenarios-places" : "scenarios");
    private static final boolean REWRITE = Boolean.getBoolean("scenarios.rewrite");

    static List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(SCENARIOS)) {
            return all.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
        }
    }

    @TestFactory
    Stream<DynamicTest> scenarios() throws IOException {
        return files().stream()
                .map(file -> dynamicTest(SCENARIOS.relativize(file).toString(), file.toUri(), () -> check(file)));
    }

    private static void check(Path file) throws IOException {
        String expected = Files.readString(file);
        String actual = new Scenario(file.toString(), expected).run();
        if (REWRITE) {
            Files.writeString(file, actual);
        } else {
            assertEquals(expected, actual, () -> file + " is not what happens");
        }
    }
}
