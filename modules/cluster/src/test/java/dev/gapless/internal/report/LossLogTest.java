package dev.gapless.internal.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Format;
import dev.gapless.core.log.Gate;
import dev.gapless.core.log.Log;
import dev.gapless.internal.measure.Claim;
import dev.gapless.internal.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LossLogTest {
    private static final long SECOND = 1_000_000_000L;

    private final Logger logger = (Logger) LoggerFactory.getLogger("losses-of-this-test");
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
    private int woken;

    @BeforeEach
    void listen() {
        logger.setAdditive(false);
        appender.start();
        logger.addAppender(appender);
    }

    @AfterEach
    void silence() {
        logger.detachAppender(appender);
    }

    /** What was logged since the last call. */
    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        appender.list.forEach(event -> lines.add(event.getFormattedMessage()));
        appender.list.clear();
        return lines;
    }

    private LossLog log(int seconds) {
        return new LossLog(logger, Duration.ofSeconds(seconds), () -> woken++);
    }

    @Test
    void oneLineForEachReasonInAnIntervalAndTheLastOfTheOthersAtItsEnd() {
        LossLog log = log(10);
        log.log(Reason.OVERRUN, () -> "first", 0);
        log.log(Reason.PRODUCER_LOST, () -> "another reason", 0);
        assertEquals(List.of("first", "another reason"), lines());
        assertEquals(0, woken);
        for (int i = 1; i <= 5; i++) {
            int number = i;
            log.log(Reason.OVERRUN, () -> "more " + number, i * SECOND);
        }
        assertEquals(List.of(), lines());
        assertEquals(1, woken);
        log.tellMore(10 * SECOND);
        assertEquals(List.of("more 5 (4 more like this were left out, gapless.loss-log-interval)"), lines());
        log.tellMore(11 * SECOND);
        assertEquals(List.of(), lines(), "everything was told");
    }

    @Test
    void whatIsToldAtTheEndBeginsAnInterval() {
        LossLog log = log(10);
        log.log(Reason.OVERRUN, () -> "first", 0);
        log.log(Reason.OVERRUN, () -> "second", SECOND);
        log.tellMore(11 * SECOND);
        assertEquals(List.of("first", "second"), lines());
        log.log(Reason.OVERRUN, () -> "third", 12 * SECOND);
        assertEquals(List.of(), lines());
        assertEquals(2, woken);
        log.tellMore(21 * SECOND);
        assertEquals(List.of("third"), lines());
        log.log(Reason.OVERRUN, () -> "much later", 60 * SECOND);
        assertEquals(List.of("much later"), lines());
    }

    @Test
    void whatWasLeftOutIsToldAtTheLatestWhenNothingMoreWillCome() {
        LossLogs logs = new LossLogs(logger, Duration.ofDays(1), key -> woken++);
        LossLog log = logs.of("t", LossLogs.Place.FEED);
        long nowNs = Clock.nowNs();
        log.log(Reason.OVERRUN, () -> "first", nowNs);
        log.log(Reason.OVERRUN, () -> "second", nowNs);
        assertEquals(List.of("first"), lines());
        logs.close("t", LossLogs.Place.FEED);
        assertEquals(List.of("second"), lines());
    }

    @Test
    void whenTheIntervalIsOverItIsToldWhatWasLeftOutWhereThatIs() {
        List<LossLogs.Key> due = new ArrayList<>();
        LossLogs logs = new LossLogs(logger, Duration.ofDays(1), due::add);
        for (String topic : List.of("t", "u")) {
            LossLog log = logs.of(topic, LossLogs.Place.CURSOR);
            log.log(Reason.OVERRUN, () -> "first of " + topic, 0);
            log.log(Reason.OVERRUN, () -> "second of " + topic, 0);
        }
        assertEquals(List.of("first of t", "first of u"), lines());
        logs.tellMore(due.get(1), Duration.ofDays(1).toNanos());
        assertEquals(List.of("second of u"), lines());
        logs.close("t", LossLogs.Place.CURSOR);
        assertEquals(List.of("second of t"), lines());
        logs.tellMore(due.get(0), Duration.ofDays(1).toNanos()); // nobody is there any more
        assertEquals(List.of(), lines());
    }

    @Test
    void oneMessageThatIsMissingIsToldByItsSequence() {
        assertEquals("sequence 5", LossLog.sequences(5, 5));
        assertEquals("sequences 5 to 6", LossLog.sequences(5, 6));
        assertEquals("no message that is known of", LossLog.sequences(5, 4));
    }

    @Test
    @DisplayName("rowO8: without an interval each loss is told")
    void withoutAnIntervalEachIsTold() {
        LossLog log = log(0);
        log.log(Reason.OVERRUN, () -> "first", 0);
        log.log(Reason.OVERRUN, () -> "second", 0);
        assertEquals(List.of("first", "second"), lines());
        assertEquals(0, woken);
    }

    @Test
    void keysCannotBreakALineOrFillIt() {
        assertEquals("\"a?b\"", LossLog.quote("a\nb"));
        assertEquals("none", LossLog.quote(null));
        assertTrue(LossLog.quote("k".repeat(4_000)).length() < 110);
    }

    @Test
    void ofACursorTheKeysAreThoseThatTheRingStillHas() {
        Log log = new Log(
                LogIdentity.fresh(new Epoch(7), 0),
                TopicSettings.DEFAULTS.with(d -> d.bufferMessages = 5),
                Gate.opened());
        for (int i = 1; i <= 20; i++) {
            Content content = new Content("key-" + i, false, Map.of(), Format.NONE, new byte[1]);
            var unused = log.publish(content, 0, 0, outcome -> {});
        }
        assertEquals(
                "Topic t: node b missed messages of producer a (OVERRUN): sequences 3 to 20, of which the ring still has"
                        + " 16 to 20, keys \"key-16\" to \"key-20\"; its subscriptions are told to reload",
                Losses.ofCursor("t", "a", "b", Reason.OVERRUN, log.parts().own(), 3, 21, log));
        assertEquals(
                "Topic t: node b missed messages of producer a (OVERRUN): sequences 3 to 10; its subscriptions are told to"
                        + " reload",
                Losses.ofCursor("t", "a", "b", Reason.OVERRUN, log.parts().own(), 3, 11, log));
    }

    @Test
    void ofASubscriptionWhatIsKnownIsTold() {
        Epoch epoch = new Epoch(7);
        Gap numbered = new Gap("a", Reason.OVERRUN, epoch, 3L, 8L, new Position(epoch, 11));
        assertEquals(
                "Topic t: subscription 4 on node b missed messages of producer a (OVERRUN): sequences 3 to 10, keys behind"
                        + " \"x\" and up to \"y\"; it is told to reload",
                Losses.ofSubscription("t", "a", "b", 4, null, numbered, Claim.NOTHING, "x", "y"));
        Gap open = new Gap("a", Reason.PRODUCER_LOST, epoch, 3L, null, null);
        assertEquals(
                "Topic t: subscription 4 on node b missed messages of producer a (PRODUCER_LOST): from sequence 3 on; it is"
                        + " told to reload",
                Losses.ofSubscription("t", "a", "b", 4, null, open, Claim.NOTHING, null, null));
        Gap unknown = new Gap("a", Reason.POSITION_UNKNOWN, epoch, null, null, null);
        assertTrue(Losses.ofSubscription("t", "a", "b", 4, null, unknown, Claim.NOTHING, null, null)
                .contains("nobody knows which"));
    }

    @Test
    void ofAFeedTheSequencesIfTheyAreOfOneEpoch() {
        Epoch epoch = new Epoch(7);
        assertEquals(
                "Topic t: the feed of node b missed messages of producer a (OVERRUN): sequences 3 to 10; its subscriptions"
                        + " are told to reload",
                Losses.ofFeed("t", "a", "b", Reason.OVERRUN, new Position(epoch, 2), new Position(epoch, 10)));
        assertTrue(
                Losses.ofFeed("t", "a", "b", Reason.PRODUCER_LOST, null, null).contains("from its start on"));
    }
}
