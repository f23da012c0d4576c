package dev.gapless.multijvm.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.ProducerLeft;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The recorder notices what must never happen; otherwise no test that relies on it could fail. */
class RecorderTest {
    private static final Epoch OLD = new Epoch(1);
    private static final Epoch NEW = new Epoch(2);
    private static final CursorToken TOKEN = new CursorToken("t", "c", 0, Map.of());

    private final Recorder recorder = new Recorder(false, 0, true);

    @Test
    void takesWhatIsInOrder() {
        deliver(OLD, 1, 100);
        assertEquals(List.of(), recorder.report().violations());
        assertEquals(100, recorder.report().accounted("n1"));
        assertEquals(1, recorder.report().of("n1").size());
    }

    @Test
    void noticesASilentGap() {
        deliver(OLD, 1, 10);
        deliver(OLD, 12, 12);
        violated("silent gap");
    }

    @Test
    void noticesARepetition() {
        deliver(OLD, 1, 10);
        deliver(OLD, 10, 10);
        violated("repeated");
    }

    @Test
    void noticesASilentRestart() {
        deliver(OLD, 1, 10);
        deliver(NEW, 1, 1);
        violated("silently");
    }

    @Test
    void noticesOtherContent() {
        message(OLD, 7, new Content(5, 0, 8));
        violated("content 8");
    }

    @Test
    void noticesThatAThreadsMessagesAreOutOfOrder() {
        message(OLD, 1, new Content(5, 1, 2));
        message(OLD, 2, new Content(5, 1, 1));
        violated("thread 1");
    }

    @Test
    void noticesAnotherIncarnationInTheSameEpoch() {
        message(OLD, 1, new Content(5, 0, 1));
        message(OLD, 2, new Content(6, 0, 2));
        violated("another incarnation");
    }

    @Test
    void takesAGapThatFits() {
        deliver(OLD, 1, 10);
        expire(new Gap("n1", Reason.OVERRUN, OLD, 11L, 5L, new Position(OLD, 16)));
        deliver(OLD, 16, 20);
        assertEquals(List.of(), recorder.report().violations());
        assertEquals(20, recorder.report().accounted("n1"));
    }

    @Test
    void noticesAGapThatBeginsElsewhere() {
        deliver(OLD, 1, 10);
        expire(new Gap("n1", Reason.OVERRUN, OLD, 12L, 4L, new Position(OLD, 16)));
        violated("does not begin at 11");
    }

    @Test
    void noticesAGapThatEndsElsewhere() {
        deliver(OLD, 1, 10);
        expire(new Gap("n1", Reason.OVERRUN, OLD, 11L, 4L, new Position(OLD, 16)));
        violated("does not reach");
    }

    @Test
    void noticesWhatWasAnnouncedAndCameAllTheSame() {
        deliver(OLD, 1, 10);
        expire(new Gap("n1", Reason.OVERRUN, OLD, 11L, 5L, new Position(OLD, 16)));
        deliver(OLD, 15, 15);
        violated("repeated or out of order");
    }

    @Test
    void takesARestartThatIsToldInTwoGaps() {
        deliver(OLD, 1, 10);
        expire(
                new Gap("n1", Reason.PRODUCER_RESTARTED, OLD, 11L, null, new Position(NEW, 1)),
                new Gap("n1", Reason.OVERRUN, NEW, 1L, 3L, new Position(NEW, 4)));
        deliver(NEW, 4, 9);
        assertEquals(List.of(), recorder.report().violations());
        assertEquals(9, recorder.report().reached("n1"));
    }

    @Test
    void takesItsGapsInAnyOrder() {
        deliver(OLD, 1, 10);
        expire(
                new Gap("n1", Reason.OVERRUN, NEW, 1L, 3L, new Position(NEW, 4)),
                new Gap("n1", Reason.PRODUCER_RESTARTED, OLD, 11L, null, new Position(NEW, 1)));
        deliver(NEW, 4, 9);
        assertEquals(List.of(), recorder.report().violations());
        assertEquals(9, recorder.report().reached("n1"));
    }

    @Test
    void takesALossAndTheNextEpochFromTheBeginning() {
        deliver(OLD, 1, 10);
        expire(new Gap("n1", Reason.PRODUCER_LOST, OLD, 11L, null, null));
        deliver(NEW, 1, 5);
        assertEquals(List.of(), recorder.report().violations());
    }

    @Test
    void noticesAGapInTheNextEpochBeforeTheEndOfTheLast() {
        deliver(OLD, 1, 10);
        expire(new Gap("n1", Reason.OVERRUN, NEW, 1L, 3L, new Position(NEW, 4)));
        violated("silently");
    }

    @Test
    void noticesARestartBehindWhichTheBeginningIsMissing() {
        deliver(OLD, 1, 10);
        expire(new Gap("n1", Reason.PRODUCER_RESTARTED, OLD, 11L, null, new Position(NEW, 1)));
        deliver(NEW, 4, 9);
        violated("silent gap");
    }

    @Test
    void noticesThatAProducerLeftTooEarly() {
        deliver(OLD, 1, 10);
        recorder.onProducerLeft(new ProducerLeft<>("t", "n1", new Position(OLD, 11), TOKEN));
        violated("left at");
    }

    private void deliver(Epoch epoch, long first, long last) {
        for (long sequence = first; sequence <= last; sequence++) {
            message(epoch, sequence, new Content(epoch.id(), 0, sequence));
        }
    }

    private void message(Epoch epoch, long sequence, Content content) {
        try {
            recorder.onMessage(new Delivery<>(
                    "t",
                    "n1",
                    new Position(epoch, sequence),
                    Instant.EPOCH,
                    null,
                    Map.of(),
                    content.toBytes(0),
                    () -> TOKEN));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void expire(Gap... gaps) {
        recorder.onCursorExpired(new CursorExpired<>("t", Instant.EPOCH, List.of(gaps), TOKEN));
    }

    private void violated(String what) {
        List<String> violations = recorder.report().violations();
        assertTrue(!violations.isEmpty() && violations.get(0).contains(what), violations::toString);
    }
}
