package dev.gapless.simulation.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All scenarios, for whoever wants to know whether the guarantees hold in them, and not what stands in their files. */
public final class Scenarios {
    private Scenarios() {}

    /** What is broken in that one, whose file is named relative to the others: its file, a tab, and what. Null if nothing is. */
    public static @Nullable String broken(String name) {
        try {
            return broken(ScenarioTest.SCENARIOS.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What happens in that one that does not stand in its file: its file, a tab, and the first line of that. Null if nothing does. */
    public static @Nullable String changed(String name) {
        try {
            String expected = Files.readString(ScenarioTest.SCENARIOS.resolve(name));
            String actual = new Scenario(name, expected).run();
            return expected.equals(actual) ? null : name + "\t" + firstOf(actual, expected);
        } catch (AssertionError e) {
            return name + "\t"
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String firstOf(String actual, String expected) {
        List<String> before = expected.lines().toList();
        return actual.lines()
                .filter(line -> !before.contains(line))
                .findFirst()
                .orElse("some of it does not happen")
                .strip();
    }

    private static @Nullable String broken(Path file) throws IOException {
        String what = new Scenario(file.toString(), Files.readString(file)).broken();
        return what == null ? null : ScenarioTest.SCENARIOS.relativize(file) + "\t" + what;
    }

    /** The first in which they do not: its file, a tab, and what is broken. Null if there is none. */
    public static @Nullable String firstBroken() {
        try {
            for (Path file : ScenarioTest.files()) {
                String what = broken(file);
                if (what != null) {
                    return what;
                }
            }
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
