package dev.gapless.simulation.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** All scenarios, for whoever wants to know whether the guarantees hold in them, and not what stands in their files. */
public final class Scenarios {
    private Scenarios() {}

    /** The first in which they do not: its file, a tab, and what is broken. Null if there is none. */
    public static @Nullable String firstBroken() {
        try {
            for (Path file : ScenarioTest.files()) {
                String what = new Scenario(file.toString(), Files.readString(file)).broken();
                if (what != null) {
                    return ScenarioTest.SCENARIOS.relativize(file) + "\t" + what;
                }
            }
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
