package dev.gapless.simulation.scenario;

import dev.gapless.core.Overflow;
import dev.gapless.core.ResumeAfterExpiry;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Frame;
import java.util.Locale;
import java.util.Map;

/** The settings of a node in a scenario, counted in messages. Nothing is random, and times are round. */
final class Settings {
    private static final long MS = 1_000_000L;
    private static final long SECOND = 1_000 * MS;

    /** What the smallest message counts for: its number, and what every frame counts for. */
    private static final int MESSAGE_BYTES = Long.BYTES + Frame.OVERHEAD_BYTES;

    private Settings() {}

    static TopicSettings of(Map<String, String> given) {
        for (String name : given.keySet()) {
            if (!name.matches("name|ring|bytes|batch|window|pending|overflow|resume")) {
                throw new IllegalArgumentException("There is no setting " + name);
            }
        }
        int batch = number(given, "batch", 10) * MESSAGE_BYTES;
        return new TopicSettings(
                number(given, "ring", 100),
                number(given, "bytes", 1 << 20),
                Overflow.valueOf(given.getOrDefault("overflow", "expire").toUpperCase(Locale.ROOT)),
                batch,
                (long) number(given, "window", 40) * MESSAGE_BYTES,
                batch,
                number(given, "pending", 10),
                4 * SECOND,
                ResumeAfterExpiry.valueOf(given.getOrDefault("resume", "head").toUpperCase(Locale.ROOT)),
                SECOND,
                200 * MS,
                2 * SECOND,
                0,
                3 * SECOND,
                5 * SECOND,
                2 * SECOND,
                100 * MS,
                SECOND);
    }

    private static int number(Map<String, String> given, String name, int otherwise) {
        return given.containsKey(name) ? Integer.parseInt(given.get(name)) : otherwise;
    }
}
