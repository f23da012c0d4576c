package dev.gapless.core.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Given;
import dev.gapless.core.Overflow;
import dev.gapless.core.TopicSettings;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a log may hold changes while it is at work. */
class LimitTest {
    private static final Ticket NOBODY = outcome -> {};
    private static final TopicSettings SETTINGS = TopicSettings.DEFAULTS.with(its -> {
        its.bufferMessages = 10_000;
        its.bufferBytes = 1 << 20;
    });

    private final List<Admission> told = new ArrayList<>();

    private static Log log(TopicSettings settings) {
        return new Log(Given.LOG, settings, Gate.opened());
    }

    private static Content content(int bytes) {
        return Content.of(1, "", new byte[bytes]);
    }

    private static void publish(Log log, int messages, int bytes) {
        for (int i = 0; i < messages; i++) {
            assertInstanceOf(Admission.Accepted.class, log.publish(content(bytes), 10, 0, NOBODY));
        }
    }

    @Test
    void theOldestGoAtOnceAndTheNewestStay() {
        Log log = log(SETTINGS);
        publish(log, 1_000, 500);
        log.limit(200_000);
        assertTrue(log.bytes() <= 200_000, () -> "bytes: " + log.bytes());
        assertTrue(log.bytes() > 100_000, () -> "bytes: " + log.bytes());
        assertEquals(Reading.OVERRUN, log.read(1, 1, 10_000));
        Reading.Messages newest = assertInstanceOf(Reading.Messages.class, log.read(1_000, 1, 10_000));
        assertEquals(1, newest.slices().get(0).count());
        assertEquals(200_000, log.maxBytes());
    }

    @Test
    void holdsNoMoreFromThenOn() {
        Log log = log(SETTINGS);
        log.limit(10_000);
        publish(log, 1_000, 500);
        assertTrue(log.bytes() <= 10_000, () -> "bytes: " + log.bytes());
        assertEquals(1_000, log.head());
    }

    @Test
    void nothingIsLeftOfSegmentsThatTakeMore() {
        Log log = log(SETTINGS);
        publish(log, 1_000, 500);
        long oneMore = log.head() + 1;
        log.limit(1_000); // of segments with 64 KiB
        assertEquals(0, log.bytes());
        assertEquals(Reading.OVERRUN, log.read(1_000, 1, 10_000));
        publish(log, 1, 500);
        assertInstanceOf(Reading.Messages.class, log.read(oneMore, 1, 10_000));
    }

    @Test
    void holdsMoreAgain() {
        Log log = log(SETTINGS);
        log.limit(10_000);
        log.limit(Long.MAX_VALUE);
        assertEquals(1 << 20, log.maxBytes());
        publish(log, 1_000, 500);
        assertEquals(1_000, log.size());
    }

    @Test
    void ofWhatAReaderIsWaitedForNothingGoes() {
        Log log = log(SETTINGS.with(its -> its.overflow = Overflow.BACKPRESSURE));
        publish(log, 100, 500);
        log.release(40, 10);
        log.limit(1);
        assertEquals(60, log.size());
        assertInstanceOf(Admission.Waiting.class, log.publish(content(1), 10, 0, told::add));
        log.release(Ring.ALL, 10);
        assertEquals(1, told.size(), "there is room for one in a ring that has nothing else");
        assertEquals(1, log.size());
    }

    /** As heap counts, not bytes on the wire: of each message more than that is its id. */
    @Test
    void idsAreWithinWhatItHolds() {
        Log log = log(SETTINGS);
        for (int i = 0; i < 10_000; i++) {
            log.publish(content(0).withId("%0255d".formatted(i)), 10, 0, NOBODY);
        }
        assertTrue(log.bytes() <= 1 << 20, () -> "bytes: " + log.bytes());
        assertTrue(log.bytes() > 1_000_000, () -> "bytes: " + log.bytes());
        assertTrue(log.idBytes() > log.bytes() / 2, () -> "ids: " + log.idBytes());
        assertTrue(log.idBytes() >= log.size() * 255L, () -> "ids: " + log.idBytes());
    }

    @Test
    void withBackpressurePublishersWaitForRoomForIds() {
        Log log = log(SETTINGS.with(its -> its.overflow = Overflow.BACKPRESSURE));
        log.release(0, 10);
        int accepted = 0;
        while (log.publish(content(0).withId("%0255d".formatted(accepted)), 10, 0, told::add)
                instanceof Admission.Accepted) {
            accepted++;
        }
        assertEquals(1, log.waiting());
        assertTrue(log.bytes() <= 1 << 20, () -> "bytes: " + log.bytes());
        log.release(log.head(), 10);
        assertEquals(1, told.size());
        assertInstanceOf(Admission.Accepted.class, told.get(0));
    }
}
