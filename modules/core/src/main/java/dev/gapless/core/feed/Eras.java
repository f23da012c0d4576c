package dev.gapless.core.feed;

import dev.gapless.core.Epoch;
import dev.gapless.core.LogIdentity;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts the stretches of each producer of one topic. The node's consumer and its catch-up readers share it, so that their
 * positions can be compared. Not thread-safe: for the thread of the topic's consumer.
 */
public final class Eras {
    private static final int EPOCHS_REMEMBERED = 16;

    private final Map<String, Counted> counted = new HashMap<>();

    private static final class Counted {
        long latest;

        final Map<Epoch, Long> numbers = new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Epoch, Long> eldest) {
                return size() > EPOCHS_REMEMBERED;
            }
        };
    }

    /** The era of an epoch: a new one unless it is known, which also means that nothing went on into it silently. */
    public Era of(String node, LogIdentity log) {
        Counted c = counted.computeIfAbsent(node, n -> new Counted());
        long number = c.numbers.computeIfAbsent(log.epoch(), e -> {
            c.latest = (c.latest | 1) + 1;
            return c.latest;
        });
        return new Era(node, number, log.epoch(), log.first());
    }

    /** The era of an epoch that goes on from {@code previous}. */
    public Era continued(String node, Era previous, LogIdentity log) {
        Counted c = counted.computeIfAbsent(node, n -> new Counted());
        if (previous.isPlaced() && !previous.isEnd() && previous.number() == c.latest) {
            c.numbers.putIfAbsent(log.epoch(), previous.number());
        }
        return of(node, log);
    }

    /** The open end behind everything that this process has seen of the producer so far. */
    public Era end(String node, @Nullable Epoch epoch, long first) {
        Counted c = counted.computeIfAbsent(node, n -> new Counted());
        c.latest |= 1;
        return new Era(node, c.latest, epoch, first);
    }
}
