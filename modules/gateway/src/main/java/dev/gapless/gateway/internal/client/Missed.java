package dev.gapless.gateway.internal.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.core.Gap;
import dev.gapless.gateway.internal.json.EventJson;
import java.time.Instant;
import java.util.List;

/**
 * What a client was told that it missed.
 *
 * @param timeMs when, in milliseconds since 1970
 * @param messages how many; a gap whose size nobody knows counts as one
 */
record Missed(long timeMs, String topic, List<Gap> gaps, long messages) {
    static Missed now(String topic, List<Gap> gaps) {
        return new Missed(System.currentTimeMillis(), topic, gaps, messages(gaps));
    }

    /** How many are missing there. */
    static long messages(List<Gap> gaps) {
        return gaps.stream()
                .mapToLong(gap -> {
                    Long missed = gap.missed();
                    return missed == null ? 1 : missed;
                })
                .sum();
    }

    void describe(ObjectNode to) {
        to.put("time", EventJson.time(Instant.ofEpochMilli(timeMs)))
                .put("topic", topic)
                .put(
                        "reason",
                        gaps.isEmpty()
                                ? null
                                : gaps.get(gaps.size() - 1).reason().name())
                .put("missed", messages);
    }
}
