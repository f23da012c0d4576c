package dev.gapless.node.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The demo's check, shown each fault that it is there for. */
class DemoWitnessTest {
    private static final Epoch FIRST = new Epoch(1);
    private static final Epoch SECOND = new Epoch(2);
    private static final long OLD = 100;
    private static final long NEW = 200;

    private final Published published = new Published();
    private final DemoWitness witness = new DemoWitness("n2", published);

    private void publish(long incarnation, int count) {
        for (int i = 1; i <= count; i++) {
            published.publishing(incarnation, checksum(incarnation, i));
        }
        published.stopped(incarnation);
    }

    private static int checksum(long incarnation, long number) {
        return (int) (31 * incarnation + number);
    }

    private void got(Epoch epoch, long incarnation, long from, long to) {
        for (long number = from; number <= to; number++) {
            witness.got(new Position(epoch, number), incarnation, number, checksum(incarnation, number));
        }
    }

    private static Gap overrun(long first, long missed, long resumesAt) {
        return new Gap("n1", Reason.OVERRUN, FIRST, first, missed, new Position(FIRST, resumesAt));
    }

    private void assertHeld(long delivered, long announced) {
        witness.finish();
        assertEquals(List.of(), witness.violations());
        assertEquals(delivered, witness.delivered());
        assertEquals(announced, witness.announced());
        assertEquals(0, witness.silent() + witness.duplicates() + witness.altered());
    }

    private void assertViolated() {
        witness.finish();
        assertFalse(witness.violations().isEmpty());
    }

    @Test
    void everythingDelivered() {
        publish(OLD, 10);
        got(FIRST, OLD, 1, 10);
        assertHeld(10, 0);
    }

    @Test
    void aGapThatIsAnnounced() {
        publish(OLD, 10);
        got(FIRST, OLD, 1, 3);
        witness.expired(overrun(4, 4, 8));
        got(FIRST, OLD, 8, 10);
        assertHeld(6, 4);
    }

    @Test
    void aRestartThatIsAnnounced() {
        publish(OLD, 10);
        got(FIRST, OLD, 1, 7);
        publish(NEW, 5);
        witness.expired(new Gap("n1", Reason.PRODUCER_RESTARTED, FIRST, 8L, null, new Position(SECOND, 1)));
        got(SECOND, NEW, 1, 5);
        assertHeld(12, 3);
    }

    @Test
    void aLossWithoutAnEndThenANewIncarnation() {
        publish(OLD, 10);
        got(FIRST, OLD, 1, 7);
        publish(NEW, 5);
        witness.expired(new Gap("n1", Reason.PRODUCER_LOST, FIRST, 8L, null, null));
        got(SECOND, NEW, 1, 5);
        assertHeld(12, 3);
    }

    @Test
    void aMessageInTheMakingWhenItsProducerWasKilledWasNotPublished() {
        for (int i = 1; i <= 10; i++) {
            published.publishing(OLD, checksum(OLD, i));
        }
        got(FIRST, OLD, 1, 9);
        publish(NEW, 1);
        witness.expired(new Gap("n1", Reason.PRODUCER_RESTARTED, FIRST, 10L, null, new Position(SECOND, 1)));
        got(SECOND, NEW, 1, 1);
        assertHeld(10, 0);
    }

    @Test
    void noticesASilentGap() {
        publish(OLD, 10);
        got(FIRST, OLD, 1, 3);
        got(FIRST, OLD, 5, 10);
        assertViolated();
        assertEquals(1, witness.silent());
    }

    @Test
    void noticesASilentGapAtTheStart() {
        publish(OLD, 10);
        got(FIRST, OLD, 2, 10);
        assertViolated();
        assertEquals(1, witness.silent());
    }

    @Test
    void noticesASilentGapAtTheEnd() {
        publish(OLD, 10);
        got(FIRST, OLD, 1, 9);
        assertViolated();
        assertEquals(1, witness.silent());
    }

    @Test
    void noticesThatNothingCame() {
        publish(OLD, 10);
        assertViolated();
    }

    @Test
    void noticesASilentRestart() {
        publish(OLD, 10);
        got(FIRST, OLD, 1, 10);
        publish(NEW, 5);
        got(SECOND, NEW, 1, 5);
        assertViolated();
        assertTrue(witness.silent() > 0);
    }

    @Test
    void noticesADuplicate() {
        publish(OLD, 10);
        got(FIRST, OLD, 1, 5);
        got(FIRST, OLD, 5, 10);
        assertViolated();
        assertEquals(1, witness.duplicates());
    }

    @Test
    void noticesAnInversion() {
        publish(OLD, 3);
        got(FIRST, OLD, 1, 1);
        got(FIRST, OLD, 3, 3);
        got(FIRST, OLD, 2, 2);
        assertViolated();
    }

    @Test
    void noticesAlteredContent() {
        publish(OLD, 2);
        got(FIRST, OLD, 1, 1);
        witness.got(new Position(FIRST, 2), OLD, 2, 0);
        assertViolated();
        assertEquals(1, witness.altered());
    }

    @Test
    void noticesASequenceThatBelongsToAnotherMessage() {
        publish(OLD, 2);
        witness.got(new Position(FIRST, 1), OLD, 2, checksum(OLD, 2));
        assertViolated();
    }

    @Test
    void noticesAnEpochOfTwoIncarnations() {
        publish(OLD, 1);
        publish(NEW, 2);
        got(FIRST, OLD, 1, 1);
        got(FIRST, NEW, 2, 2);
        assertViolated();
    }

    @Test
    void noticesANoticeThatBeginsTooLate() {
        publish(OLD, 10);
        got(FIRST, OLD, 1, 3);
        witness.expired(overrun(5, 3, 8));
        got(FIRST, OLD, 8, 10);
        assertViolated();
    }

    @Test
    void noticesANoticeOfTooFew() {
        publish(OLD, 10);
        got(FIRST, OLD, 1, 3);
        witness.expired(overrun(4, 3, 8));
        got(FIRST, OLD, 8, 10);
        assertViolated();
    }

    @Test
    void noticesANoticeOfWhatIsDeliveredNevertheless() {
        publish(OLD, 10);
        got(FIRST, OLD, 1, 3);
        witness.expired(overrun(4, 4, 8));
        got(FIRST, OLD, 7, 10);
        assertViolated();
        assertEquals(1, witness.duplicates());
    }
}
