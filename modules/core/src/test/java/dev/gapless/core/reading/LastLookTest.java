package dev.gapless.core.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.gapless.core.Epoch;
import dev.gapless.core.copy.TopicCache;
import dev.gapless.core.place.Generation;
import dev.gapless.core.place.KnownProducer;
import dev.gapless.core.place.Producers;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Which producers a subscription looks at again: a few of many. */
class LastLookTest {
    private final SharedTopic topic = new SharedTopic(new TopicCache(100, 1 << 20));
    private final Producers producers = producers(40);

    private static Producers producers(int count) {
        Producers all = Producers.NONE;
        for (int slot = 0; slot < count; slot++) {
            all = all.with(slot, KnownProducer.named("n" + slot));
        }
        return all;
    }

    private LastLook last() {
        Look.Turn left = new Look.Turn.Left(7, Generation.begun(new Epoch(1), 1, false));
        Look.All found = new Look.All(List.of(), List.of(), List.of(left));
        return Objects.requireNonNull(LastLook.of(topic.changes(), producers, found));
    }

    private String slots(LastLook last, Producers now) {
        return String.valueOf(last.slots(topic, now, topic.changes()));
    }

    @Test
    @DisplayName("those that had something, and those that changed since")
    void few() {
        topic.changed(3, producers, 1);
        LastLook last = last();
        assertEquals("{7}", slots(last, producers));
        topic.changed(31, producers, 1);
        topic.changed(7, producers, 1);
        topic.changed(0, producers, 1);
        assertEquals("{0, 7, 31}", slots(last, producers));
        assertEquals("{0, 7, 31}", slots(last, producers), "as often as it is asked");
    }

    @Test
    @DisplayName(
            "all, where others are known by now, anything may have changed, or it is too long ago to be remembered")
    void all() {
        LastLook last = last();
        assertEquals("null", slots(last, producers(40)));
        topic.changed(producers, 1);
        assertEquals("null", slots(last, producers));
        LastLook next = last();
        for (int change = 1; change < 32; change++) {
            topic.changed(change, producers, 1);
            assertEquals(
                    change < 7 ? change + 1 : change, // one of them had something
                    Objects.requireNonNull(next.slots(topic, producers, topic.changes()))
                            .cardinality());
        }
        topic.changed(32, producers, 1);
        assertEquals("null", slots(next, producers));
        assertNull(LastLook.of(0, producers(3), Look.All.NOTHING), "a few are looked at sooner");
    }
}
