package dev.gapless.simulation.oracle;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Overflow;
import dev.gapless.core.Session;
import dev.gapless.core.TopicSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The judges of waiting and of reloads notice what they are for: each violation is made by hand, beside what is right. */
class WaitsTest {
    private static final long SECOND = 1_000_000_000;
    private static final TopicSettings SETTINGS = TopicSettings.DEFAULTS.with(draft -> {
        draft.overflow = Overflow.BACKPRESSURE;
        draft.backpressureTimeoutNs = 8 * SECOND;
        draft.heartbeatNs = SECOND;
        draft.reloadIntervalNs = SECOND;
        draft.reloadJitterNs = 0;
    });
    private static final Session READER = new Session(7, 1);

    private final Waits waits = new Waits("n1", SETTINGS);

    // ------------------------------------------------------------------ publishers

    @Test
    void agreesWithAPublishThatIsAnsweredInTime() {
        waits.publishWaits(1, 0);
        waits.lookAtLog(5, 1, 8 * SECOND);
        waits.publishEnds(1, 8 * SECOND);
    }

    @Test
    void findsAPublishThatIsAnsweredTooLate() {
        waits.publishWaits(1, 0);
        breaks(() -> waits.publishEnds(1, 9 * SECOND));
    }

    @Test
    void findsAPublishThatIsNeverAnswered() {
        waits.publishWaits(1, 0);
        breaks(() -> waits.lookAtLog(5, 1, 9 * SECOND));
    }

    @Test
    void excusesAProcessThatWasPaused() {
        waits.publishWaits(1, 0);
        waits.onPause();
        waits.publishEnds(1, 20 * SECOND);
    }

    @Test
    void findsALogThatWaitsForWhoDoesNotAnswer() {
        waits.registered(READER, 0, 0);
        waits.lookAtLog(5, 1, SECOND);
        waits.lookAtLog(5, 1, 11 * SECOND);
        breaks(() -> waits.lookAtLog(5, 1, 13 * SECOND));
    }

    @Test
    void agreesWithALogThatWaitsForWhoAnswers() {
        waits.registered(READER, 0, 0);
        waits.lookAtLog(5, 1, SECOND);
        waits.acknowledged(READER, 0, 1, 10 * SECOND);
        waits.lookAtLog(5, 1, 13 * SECOND);
    }

    // ------------------------------------------------------------------ readers

    @Test
    void findsALogThatGoesOnPastAReaderThatAnswers() {
        waits.registered(READER, 3, 0);
        breaks(() -> waits.overrun(READER, 9, 5, SECOND));
    }

    @Test
    void findsThatSomethingIsDroppedBeforeItWasAcknowledged() {
        waits.registered(READER, 3, 0);
        breaks(() -> waits.acknowledged(READER, 4, 5, SECOND));
    }

    @Test
    void agreesWithALogThatGoesOnPastWhoDoesNotAnswerOrCannotBeReached() {
        waits.registered(READER, 3, 0);
        waits.overrun(READER, 9, 5, 8 * SECOND);
        waits.acknowledged(READER, 9, 10, 9 * SECOND);
        waits.reachability(7, false, 9 * SECOND);
        waits.overrun(READER, 19, 15, 10 * SECOND);
    }

    @Test
    void waitsAnewForWhoAnswersAgain() {
        waits.registered(READER, 3, 0);
        waits.overrun(READER, 9, 5, 8 * SECOND);
        waits.acknowledged(READER, 9, 10, 9 * SECOND);
        breaks(() -> waits.overrun(READER, 19, 15, 10 * SECOND));
    }

    // ------------------------------------------------------------------ subscriptions

    @Test
    void findsAFeedThatGoesOnPastASubscriptionThatReads() {
        waits.overtaken("s1", 4 * SECOND);
        breaks(() -> waits.overtaken("s1", 3 * SECOND));
    }

    @Test
    void findsAFeedThatWaitsForASubscriptionForEver() {
        waits.lookAtFeed(12, true, 0);
        waits.lookAtFeed(12, true, 7 * SECOND);
        breaks(() -> waits.lookAtFeed(12, true, 8 * SECOND));
    }

    @Test
    void agreesWithAFeedThatMovesOrHasRoom() {
        waits.lookAtFeed(12, true, 0);
        waits.lookAtFeed(13, true, 8 * SECOND);
        waits.lookAtFeed(13, false, 9 * SECOND);
        waits.lookAtFeed(13, true, 16 * SECOND);
        waits.lookAtFeed(13, true, 20 * SECOND);
    }

    @Test
    void findsAFeedThatIsBehindAndStopsItsProducersForTooLong() {
        waits.lookAtFeedBehind(12, true, 0);
        waits.lookAtFeedBehind(12, true, 4 * SECOND);
        breaks(() -> waits.lookAtFeedBehind(12, true, 5 * SECOND));
        waits.lookAtFeedBehind(12, false, 6 * SECOND);
        waits.lookAtFeedBehind(12, true, 7 * SECOND);
        waits.lookAtFeedBehind(13, true, 12 * SECOND);
    }

    // ------------------------------------------------------------------ reloads

    @Test
    void findsAReloadThatBeginsTooSoon() {
        Reloads reloads = new Reloads(SETTINGS);
        reloads.begins("s1", 0);
        reloads.begins("s1", SECOND);
        Violation found = assertThrows(Violation.class, () -> reloads.begins("s1", SECOND + SECOND / 2));
        assertTrue(found.getMessage().startsWith("S3: s1 reloads again after 500 ms"), found.getMessage());
    }

    @Test
    void reloadsWaitForNoMoreThanAQuarterOfThePatienceOfPublishers() {
        Reloads reloads = new Reloads(SETTINGS.with(draft -> draft.reloadIntervalNs = 100 * SECOND));
        reloads.begins("s1", 0);
        reloads.begins("s1", 2 * SECOND);
    }

    private static void breaks(Executable what) {
        Violation found = assertThrows(Violation.class, what);
        assertTrue(found.getMessage().startsWith("G5: "), found.getMessage());
    }
}
