package dev.gapless.simulation.scenario;

import dev.gapless.core.Backoff;
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

    static final long CURSOR_RETENTION_NS = 60 * SECOND;

    private Settings() {}

    static TopicSettings of(Map<String, String> given) {
        for (String name : given.keySet()) {
            if (!name.matches("name|address|ring|bytes|batch|window|pending|overflow|resume|interval|age|publishing")) {
                throw new IllegalArgumentException("There is no setting " + name);
            }
        }
        return TopicSettings.DEFAULTS.with(draft -> {
            draft.publishing = !given.getOrDefault("publishing", "on").equals("off");
            draft.bufferMessages = number(given, "ring", 100);
            draft.bufferBytes = number(given, "bytes", 1 << 20);
            draft.overflow =
                    Overflow.valueOf(given.getOrDefault("overflow", "expire").toUpperCase(Locale.ROOT));
            draft.batchBytes = number(given, "batch", 10) * MESSAGE_BYTES;
            draft.windowBytes = (long) number(given, "window", 40) * MESSAGE_BYTES;
            draft.maxMessageBytes = draft.batchBytes;
            draft.maxPendingPublishes = number(given, "pending", 10);
            draft.backpressureTimeoutNs = 4 * SECOND;
            draft.resumeAfterExpiry = ResumeAfterExpiry.valueOf(
                    given.getOrDefault("resume", "head").toUpperCase(Locale.ROOT));
            draft.registerBackoff = new Backoff(200 * MS, 2 * SECOND);
            draft.registerJitter = 0;
            draft.readyTimeoutNs = 3 * SECOND;
            draft.producerReturnNs = 5 * SECOND;
            draft.drainTimeoutNs = 2 * SECOND;
            draft.reloadBackoff = new Backoff(100 * MS, SECOND);
            draft.maxAgeNs = number(given, "age", 0) * SECOND;
            draft.reloadIntervalNs = number(given, "interval", 0) * SECOND;
            draft.reloadJitterNs = 0;
        });
    }

    private static int number(Map<String, String> given, String name, int otherwise) {
        return given.containsKey(name) ? Integer.parseInt(given.get(name)) : otherwise;
    }
}
