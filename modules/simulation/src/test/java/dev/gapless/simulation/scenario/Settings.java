package dev.gapless.simulation.scenario;

import dev.gapless.core.Backoff;
import dev.gapless.core.Overflow;
import dev.gapless.core.ResumeAfterExpiry;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Slice;
import dev.gapless.core.node.OtherClusterSettings;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The settings of a node in a scenario, counted in messages. Nothing is random, and times are round. */
final class Settings {
    private static final long MS = 1_000_000L;
    private static final long SECOND = 1_000 * MS;

    /** What the smallest message counts for: its number, and what every frame counts for. */
    private static final int MESSAGE_BYTES = Long.BYTES + Slice.OVERHEAD_BYTES;

    private static final Set<String> SEED_NODES = Set.of("n1:2551", "n2:2551", "n3:2551", "n4:2551");

    static final long CURSOR_RETENTION_NS = 60 * SECOND;

    private Settings() {}

    static TopicSettings of(Map<String, String> given) {
        for (String name : given.keySet()) {
            if (!name.matches(
                    "name|address|ring|feed|hold|bytes|batch|window|delay|pending|overflow|resume|interval|age|publishing|others|store|standin")) {
                throw new IllegalArgumentException("There is no setting " + name);
            }
        }
        return TopicSettings.DEFAULTS.with(draft -> {
            draft.publishing = given.getOrDefault("publishing", "on").equals("on");
            draft.bufferMessages = number(given, "ring", 100);
            draft.feedMessages = number(given, "feed", 0);
            draft.feedHoldNs = number(given, "hold", 1) * SECOND;
            draft.bufferBytes = number(given, "bytes", 1 << 20);
            draft.overflow =
                    Overflow.valueOf(given.getOrDefault("overflow", "expire").toUpperCase(Locale.ROOT));
            draft.batchBytes = number(given, "batch", 10) * MESSAGE_BYTES;
            draft.windowBytes = (long) number(given, "window", 40) * MESSAGE_BYTES;
            draft.ackDelayNs = number(given, "delay", 0) * MS;
            draft.maxMessageBytes = draft.batchBytes;
            draft.maxPendingPublishes = number(given, "pending", 10);
            draft.backpressureTimeoutNs = 4 * SECOND;
            draft.resumeAfterExpiry = ResumeAfterExpiry.valueOf(
                    given.getOrDefault("resume", "head").toUpperCase(Locale.ROOT));
            draft.registerBackoff = new Backoff(200 * MS, 2 * SECOND);
            draft.registerJitter = 0;
            draft.readyTimeoutNs = 3 * SECOND;
            draft.producerReturnNs = 5 * SECOND;
            draft.durable = given.getOrDefault("store", "off").equals("on");
            draft.durableReturnNs = 10 * SECOND;
            draft.storeTimeoutNs = SECOND;
            draft.storeBackoff = new Backoff(100 * MS, SECOND);
            draft.drainTimeoutNs = 2 * SECOND;
            draft.reloadBackoff = new Backoff(100 * MS, SECOND);
            draft.maxAgeNs = number(given, "age", 0) * SECOND;
            draft.reloadIntervalNs = number(given, "interval", 0) * SECOND;
            draft.reloadJitterNs = 0;
        });
    }

    /** Does it publish to other topics? It says so for all of them together. */
    static boolean publishesElsewhere(Map<String, String> given) {
        return given.getOrDefault("publishing", "on").equals("elsewhere");
    }

    /** Does it stand in for the node of its name? */
    static boolean standsIn(Map<String, String> given) {
        return given.getOrDefault("standin", "off").equals("on");
    }

    /** How a node looks for other clusters: {@code others=give-way} or {@code warn}; by default it does not. All nodes are seed nodes. */
    static @Nullable OtherClusterSettings others(Map<String, String> given, String address) {
        String others = given.get("others");
        if (others == null) {
            return null;
        } else if (!others.matches("give-way|warn")) {
            throw new IllegalArgumentException("A node with others=" + others);
        }
        return new OtherClusterSettings("cluster", address, SEED_NODES, others.equals("give-way"), 2 * SECOND);
    }

    private static int number(Map<String, String> given, String name, int otherwise) {
        return given.containsKey(name) ? Integer.parseInt(given.get(name)) : otherwise;
    }
}
