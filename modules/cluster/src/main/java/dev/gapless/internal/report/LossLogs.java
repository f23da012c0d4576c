package dev.gapless.internal.report;

import dev.gapless.internal.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;

/** A {@link LossLog} for each topic and place, made when there is something to tell. One thread at a time. */
public final class LossLogs {
    /** Where something is missed. */
    public enum Place {
        /** By a producer's reader. */
        CURSOR,
        /** By a node's feed. */
        FEED,
        /** By subscriptions. */
        SUBSCRIPTIONS,
        /** By clients, by their own account: what nodes know of comes without them. */
        CLAIMS,
        /** By subscriptions, since a message is of another class than its topic. */
        WRONG_CLASS
    }

    /** Of which topic, and where. */
    public record Key(String topic, Place place) {}

    private final Logger log;
    private final Duration interval;
    private final Consumer<Key> wakeLater;
    private final Map<Key, LossLog> logs = new HashMap<>();

    /** Logs of losses; {@code wakeLater} has {@link #tellMore} called after the interval. */
    public LossLogs(Logger log, Duration interval, Consumer<Key> wakeLater) {
        this.log = log;
        this.interval = interval;
        this.wakeLater = wakeLater;
    }

    public LossLog of(String topic, Place place) {
        return logs.computeIfAbsent(
                new Key(topic, place), key -> new LossLog(log, interval, () -> wakeLater.accept(key)));
    }

    public void tellMore(Key key, long nowNs) {
        LossLog told = logs.get(key);
        if (told != null) {
            told.tellMore(nowNs);
        }
    }

    /** Nothing more will come from there. */
    public void close(String topic, Place place) {
        LossLog told = logs.remove(new Key(topic, place));
        if (told != null) {
            told.tellMore(Clock.nowNs());
        }
    }
}
