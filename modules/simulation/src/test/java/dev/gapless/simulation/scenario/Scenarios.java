package dev.gapless.simulation.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All scenarios, for whoever wants to know whether they still bring about what stands in their files. */
public final class Scenarios {
    private Scenarios() {}

    /** The first that does not: its file, a tab, and the first line that is another one. Null if there is none. */
    public static @Nullable String firstOther() {
        try {
            for (Path file : ScenarioTest.files()) {
                String expected = Files.readString(file);
                String what = other(file, expected);
                if (what != null) {
                    return ScenarioTest.SCENARIOS.relativize(file) + "\t" + what;
                }
            }
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static @Nullable String other(Path file, String expected) {
        String actual;
        try {
            actual = new Scenario(file.toString(), expected).run();
        } catch (RuntimeException | AssertionError e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return cause.toString().lines().findFirst().orElse("");
        }
        if (actual.equals(expected)) {
            return null;
        }
        List<String> wanted = expected.lines().toList();
        List<String> got = actual.lines().toList();
        int line = 0;
        while (line < wanted.size() && line < got.size() && wanted.get(line).equals(got.get(line))) {
            line++;
        }
        return "line " + (line + 1) + ": " + (line < got.size() ? got.get(line).strip() : "(end)");
    }
}
