package dev.gapless.simulation.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.TopicSettings;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** An oracle that cannot say no is worth nothing: each violation is made by hand, beside what is right. */
class OracleTest implements Observer {
    private static final TopicSettings SETTINGS = TopicSettings.DEFAULTS.with(draft -> {
        draft.bufferMessages = 10;
        draft.bufferBytes = 10_000;
    });
    private static final Epoch FIRST = new Epoch(1);
    private static final Epoch SECOND = new Epoch(2);
    private static final long READER = 99;
    /** The number of {@link #reader}, which has taken the tokens. */
    private static final long TAKER = 0;

    private final TreeMap<String, Long> counts = new TreeMap<>();
    private final Truth truth = new Truth();
    private final Oracle oracle = new Oracle(truth, SETTINGS, true, this);
    private final Heard reader = new Heard(this::stamp);
    private final Witness witness = Witness.latest(1);
    private boolean heardOfTheTakers;
    private long stamps;

    OracleTest() {
        truth.node("n1");
        truth.node("n2");
        truth.address(1, "n1:1");
        truth.logMade("n1", 1, FIRST);
        truth.becameMember(1, stamp());
        reader.appeared(READER, "reader");
        reader.joins();
        reader.appeared(1, "n1:1");
        oracle.opened(witness, reader);
    }

    @Override
    public void count(String what, long howOften) {
        counts.merge(what, howOften, Long::sum);
    }

    @Override
    public void trace(Object who, Supplier<String> what) {}

    private long stamp() {
        return ++stamps;
    }

    // ------------------------------------------------------------------ what is right

    @Test
    void agreesWithAllInOrderAndOnce() {
        ready();
        publish(FIRST, 1, 3);
        give(FIRST, 1, 3);
        oracle.checkLevel(witness);
        assertEquals(3, counts.get("messages: delivered"));
    }

    @Test
    void agreesWithAGapInNumbers() {
        ready();
        publish(FIRST, 1, 9);
        give(FIRST, 1, 2);
        missed(overrun(3, 5, 8));
        give(FIRST, 8, 9);
        oracle.checkLevel(witness);
        assertEquals(5, counts.get("messages: announced as missed"));
    }

    @Test
    void agreesWithARestartThatIsTold() {
        ready();
        publish(FIRST, 1, 2);
        give(FIRST, 1, 1);
        restart();
        missed(new Gap("n1", Reason.PRODUCER_RESTARTED, FIRST, 2L, null, new Position(SECOND, 1)));
        give(SECOND, 1, 2);
        oracle.checkLevel(witness);
    }

    @Test
    void agreesThatStreamsOfOneNodeGoOnSideBySide() {
        ready();
        publish(FIRST, 1, 2);
        laterIncarnation("n1:2");
        give(SECOND, 1, 1);
        give(FIRST, 1, 1);
        give(SECOND, 2, 2);
        give(FIRST, 2, 2);
        oracle.checkLevel(witness);
    }

    @Test
    void agreesThatTheGapsOfOneReloadAreToldInAnyOrder() {
        ready();
        publish(FIRST, 1, 9);
        give(FIRST, 1, 2);
        restart();
        Gap inNumbers = new Gap("n1", Reason.PRODUCER_LOST, FIRST, 3L, 7L, null);
        Gap openly = new Gap("n1", Reason.PRODUCER_RESTARTED, FIRST, 3L, null, new Position(SECOND, 2));
        missed(inNumbers, openly, ofTheLaterIncarnation());
        give(SECOND, 2, 2);
        oracle.checkLevel(witness);
    }

    @Test
    void agreesThatAStreamIsOverrunAndLostInOneReload() {
        ready();
        publish(FIRST, 1, 9);
        give(FIRST, 1, 2);
        truth.onMemberGone(1);
        missed(new Gap("n1", Reason.PRODUCER_LOST, FIRST, 8L, null, null), overrun(3, 5, 8));
        oracle.checkLevel(witness);
    }

    @Test
    void agreesThatAStreamIsToldBothUnderItsNameAndUnderItsAddressInOneReload() {
        ready();
        publish(FIRST, 1, 2);
        truth.onMemberGone(1);
        Gap openly = new Gap("n1", Reason.PRODUCER_LOST, FIRST, 1L, null, null);
        Gap inNumbers = new Gap("n1:1", Reason.PRODUCER_LOST, FIRST, 1L, 2L, null);
        missed(openly, inNumbers);
        oracle.checkLevel(witness);
    }

    @Test
    void agreesThatNobodyKnowsWhichStreamOfANodeIsOver() {
        ready();
        publish(FIRST, 1, 2);
        give(FIRST, 1, 1);
        restart();
        missed(new Gap("n1", Reason.PRODUCER_RESTARTED, null, null, null, new Position(SECOND, 2)));
        give(SECOND, 2, 2);
        truth.onMemberGone(11);
        missed(new Gap("n1", Reason.PRODUCER_LOST, null, null, null, null));
        oracle.checkLevel(witness);
    }

    @Test
    void agreesThatNobodyKnowsWhereItWas() {
        ready();
        publish(FIRST, 1, 9);
        missed(unknown(6));
        give(FIRST, 6, 9);
        oracle.checkLevel(witness);
    }

    @Test
    void countsWhetherAnAnnouncementWasNeeded() {
        ready();
        publish(FIRST, 1, 2);
        give(FIRST, 1, 1);
        truth.onMemberGone(1);
        missed(new Gap("n1", Reason.PRODUCER_LOST, FIRST, 2L, null, null));
        assertEquals(1, counts.get("announced: something is missing, PRODUCER_LOST"));
        incarnationOfN2(true);
        missed(new Gap("n2", Reason.PRODUCER_LOST, SECOND, 1L, 3L, null));
        assertEquals(2, counts.get("announced: something is missing, PRODUCER_LOST"));
        missed(new Gap("n2", Reason.PRODUCER_LOST, null, null, null, null));
        assertEquals(1, counts.get("announced: nothing is missing, PRODUCER_LOST"));
    }

    @Test
    void countsThatAClaimNeededToBeTold() {
        ready();
        publish(FIRST, 1, 4);
        oracle.missed(witness, List.of(overrun(1, 2, 3)));
        oracle.reloaded(witness, new CursorToken("topic", "cluster", 0, Map.of("n1", new Position(FIRST, 9))));
        missed(unknown(5));
        assertEquals(1, counts.get("announced: something is missing, POSITION_UNKNOWN"));
    }

    // ------------------------------------------------------------------ G1

    @Test
    void findsAMessageThatIsSkipped() {
        ready();
        publish(FIRST, 1, 3);
        give(FIRST, 1, 1);
        breaks("G1", () -> give(FIRST, 3, 3));
    }

    @Test
    void findsAGapThatBeginsTooLate() {
        ready();
        publish(FIRST, 1, 9);
        give(FIRST, 1, 2);
        breaks("G1", () -> missed(overrun(4, 4, 8)));
    }

    @Test
    void findsAGapThatEndsElsewhereThanItSays() {
        ready();
        publish(FIRST, 1, 9);
        give(FIRST, 1, 2);
        breaks("G1", () -> missed(overrun(3, 4, 8)));
    }

    @Test
    void findsAGapOfMoreThanWasPublished() {
        ready();
        publish(FIRST, 1, 4);
        give(FIRST, 1, 2);
        breaks("G1", () -> missed(overrun(3, 3, 6)));
    }

    @Test
    void findsNumbersForAnotherReasonThanAnOverrunInAStreamThatGoesOn() {
        ready();
        publish(FIRST, 1, 4);
        breaks("G1", () -> missed(new Gap("n1", Reason.PRODUCER_RESTARTED, FIRST, 1L, 2L, new Position(FIRST, 3))));
        missed(overrun(1, 2, 3));
    }

    @Test
    void findsNumbersForARestartAtTheEndOfAStream() {
        ready();
        publish(FIRST, 1, 2);
        restart();
        breaks("G1", () -> missed(new Gap("n1", Reason.PRODUCER_RESTARTED, FIRST, 1L, 2L, null)));
        missed(new Gap("n1", Reason.PRODUCER_LOST, FIRST, 1L, 2L, null));
    }

    @Test
    void findsThatNumbersAreNotToldOfAStreamOfWhichSomethingWasGiven() {
        ready();
        publish(FIRST, 1, 9);
        give(FIRST, 1, 2);
        breaks("G1", () -> missed(new Gap("n1", Reason.POSITION_UNKNOWN, FIRST, null, null, new Position(FIRST, 8))));
        missed(overrun(3, 5, 8));
    }

    @Test
    void findsARestartThatLeadsToAnEarlierStream() {
        publish(FIRST, 1, 2);
        restart();
        breaks(
                "G1",
                () -> missed(new Gap("n1", Reason.PRODUCER_RESTARTED, SECOND, null, null, new Position(FIRST, 3))));
    }

    @Test
    void findsAGapInNumbersThatGoesOnInAnotherStream() {
        ready();
        publish(FIRST, 1, 2);
        restart();
        breaks("G1", () -> missed(new Gap("n1", Reason.OVERRUN, FIRST, 1L, 2L, new Position(SECOND, 1))));
    }

    @Test
    void findsNumbersWithoutAFirstOne() {
        ready();
        publish(FIRST, 1, 2);
        breaks("G1", () -> missed(new Gap("n1", Reason.OVERRUN, FIRST, null, 2L, new Position(FIRST, 3))));
        breaks("G1", () -> missed(new Gap("n1", Reason.OVERRUN, FIRST, 1L, 0L, new Position(FIRST, 1))));
        breaks("G1", () -> missed(new Gap("n1", Reason.PRODUCER_LOST, null, 1L, 2L, null)));
    }

    @Test
    void findsAnOpenEndThatBeginsTooLate() {
        ready();
        publish(FIRST, 1, 4);
        give(FIRST, 1, 2);
        restart();
        breaks("G1", () -> missed(new Gap("n1", Reason.PRODUCER_LOST, FIRST, 4L, null, null)));
        breaks("G1", () -> missed(new Gap("n1", Reason.PRODUCER_LOST, FIRST, 6L, null, null)));
    }

    @Test
    void findsAnOpenEndForAnotherReason() {
        ready();
        publish(FIRST, 1, 2);
        restart();
        breaks("G1", () -> missed(new Gap("n1", Reason.OVERRUN, FIRST, 1L, null, new Position(SECOND, 1))));
        breaks("G1", () -> missed(new Gap("n1", Reason.PRODUCER_LOST, FIRST, 1L, null, new Position(SECOND, 1))));
        breaks("G1", () -> missed(new Gap("n1", Reason.PRODUCER_RESTARTED, FIRST, 1L, null, null)));
    }

    @Test
    void findsAnOpenEndBehindWhichTheStreamGoesOn() {
        ready();
        publish(FIRST, 1, 4);
        breaks("G1", () -> missed(new Gap("n1", Reason.POSITION_UNKNOWN, FIRST, 1L, null, new Position(FIRST, 4))));
    }

    @Test
    void findsWhatIsPublishedBehindAnOpenEndAndNeverTold() {
        ready();
        publish(FIRST, 1, 2);
        give(FIRST, 1, 2);
        missed(new Gap("n1", Reason.PRODUCER_LOST, FIRST, 3L, null, null));
        oracle.checkLevel(witness);
        publish(FIRST, 3, 3);
        breaks("G1", () -> oracle.checkLevel(witness));
    }

    @Test
    void findsTheBeginningOfASuccessorThatIsLeftOut() {
        ready();
        publish(FIRST, 1, 2);
        give(FIRST, 1, 1);
        restart();
        missed(new Gap("n1", Reason.PRODUCER_RESTARTED, FIRST, 2L, null, new Position(SECOND, 2)));
        breaks("G1", () -> give(SECOND, 2, 2));
    }

    @Test
    void findsTheBeginningOfASuccessorThatIsLeftOutBeforeItIsReady() {
        publish(FIRST, 1, 2);
        give(FIRST, 1, 1);
        restart();
        missed(new Gap("n1", Reason.PRODUCER_RESTARTED, FIRST, 2L, null, new Position(SECOND, 1)));
        breaks("G1", () -> give(SECOND, 2, 2));
        Witness other = Witness.latest(2);
        oracle.opened(other, reader);
        missed(other, new Gap("n1", Reason.PRODUCER_RESTARTED, null, null, null, new Position(SECOND, 1)));
        breaks("G1", () -> oracle.given(other, "n1", new Position(SECOND, 2), content(SECOND, 2)));
    }

    @Test
    void findsASuccessorThatNeverComesAlsoIfAReloadHasIt() {
        ready();
        publish(FIRST, 1, 2);
        give(FIRST, 1, 1);
        Witness kept = witness.kept();
        long taken = stamp();
        restart();
        Gap everybody = new Gap(null, Reason.POSITION_UNKNOWN, null, null, null, null);
        Witness lost = resumed(kept, taken, lateReader());
        missed(lost, everybody, new Gap("n1", Reason.PRODUCER_LOST, FIRST, 2L, null, null));
        oracle.checkLevel(lost);
        Witness led = resumed(kept, taken, lateReader());
        missed(led, everybody, new Gap("n1", Reason.PRODUCER_RESTARTED, FIRST, 2L, null, new Position(SECOND, 1)));
        breaks("G1", () -> oracle.checkLevel(led));
    }

    @Test
    void findsASuccessorThatGoesOnWhereItNeverWas() {
        ready();
        publish(FIRST, 1, 2);
        restart();
        breaks("G1", () -> missed(new Gap("n1", Reason.PRODUCER_RESTARTED, FIRST, 1L, null, new Position(SECOND, 4))));
    }

    @Test
    void findsAGapWithoutNumbersWherePositionsAreKnown() {
        ready();
        publish(FIRST, 1, 4);
        breaks("G1", () -> missed(new Gap("n1", Reason.OVERRUN, FIRST, null, null, new Position(FIRST, 4))));
    }

    @Test
    void findsAnUnknownPositionThatLeadsWhereItCannot() {
        ready();
        publish(FIRST, 1, 4);
        give(FIRST, 1, 3);
        breaks("G1", () -> missed(unknown(3)));
        breaks("G1", () -> missed(unknown(6)));
        missed(unknown(4));
        give(FIRST, 4, 4);
    }

    @Test
    void findsThatWhatAReloadHasOfOneStreamSaysNothingOfAnother() {
        ready();
        publish(FIRST, 1, 9);
        laterIncarnation("n1:2");
        oracle.missed(witness, List.of(overrun(1, 5, 6)));
        Map<String, Position> upTo = Map.of("n1", new Position(SECOND, 1));
        oracle.reloaded(witness, new CursorToken("topic", "cluster", 0, upTo));
        give(SECOND, 2, 2);
        breaks("G1", () -> give(FIRST, 7, 7));
    }

    // ------------------------------------------------------------------ M2, and the end of a stream

    @Test
    void findsAnIncarnationThatIsGivenBeforeTheEarlierOneIsSettled() {
        ready();
        publish(FIRST, 1, 2);
        give(FIRST, 1, 1);
        restart();
        breaks("M2", () -> give(SECOND, 1, 1));
    }

    @Test
    void findsAnIncarnationThatIsGivenBehindALaterOne() {
        ready();
        publish(FIRST, 1, 3);
        restart();
        give(SECOND, 1, 1);
        breaks("M2", () -> give(FIRST, 1, 1));
    }

    @Test
    void agreesWithAnEarlierIncarnationBehindWhatWasMissed() {
        ready();
        publish(FIRST, 1, 3);
        restart();
        give(SECOND, 1, 1);
        missed(new Gap("n1", Reason.OVERRUN, SECOND, 2L, 1L, new Position(SECOND, 3)));
        give(FIRST, 1, 1);
    }

    @Test
    void findsAStoreThatLostWhatWasGivenUntold() {
        storeLosesWhatWasGiven();
        give(SECOND, 1, 2);
        breaks("C11", () -> oracle.checkLevel(witness));
    }

    @Test
    void agreesOnceAStoresLossIsTold() {
        storeLosesWhatWasGiven();
        give(SECOND, 1, 2);
        missed(new Gap("n1", Reason.PRODUCER_LOST, FIRST, 4L, null, null));
        oracle.checkLevel(witness);
    }

    @Test
    void agreesThatAStoresLossIsToldBehindTheEnd() {
        ready();
        publish(FIRST, 1, 3);
        give(FIRST, 1, 3);
        missed(new Gap("n1", Reason.PRODUCER_LOST, FIRST, 4L, null, null));
        truth.goesBack("n1", Map.of(1L, 1L));
        missed(new Gap("n1", Reason.PRODUCER_LOST, FIRST, 4L, null, null));
        breaks("G2", () -> missed(new Gap("n1", Reason.PRODUCER_LOST, FIRST, 4L, null, null)));
    }

    private void storeLosesWhatWasGiven() {
        ready();
        publish(FIRST, 1, 3);
        give(FIRST, 1, 3);
        truth.goesBack("n1", Map.of(1L, 1L));
        restart();
    }

    @Test
    void findsAnEndThatIsToldTwice() {
        ready();
        publish(FIRST, 1, 2);
        give(FIRST, 1, 1);
        truth.left("n1", FIRST);
        truth.onMemberGone(1);
        missed(new Gap("n1", Reason.PRODUCER_LOST, FIRST, 2L, 1L, null));
        oracle.checkLevel(witness);
        breaks("G2", () -> missed(new Gap("n1", Reason.PRODUCER_LOST, FIRST, null, null, null)));
        breaks("G2", () -> oracle.left(witness, "n1", new Position(FIRST, 2)));
    }

    @Test
    void findsAnEndThatIsNotTold() {
        ready();
        publish(FIRST, 1, 2);
        give(FIRST, 1, 2);
        restart();
        give(SECOND, 1, 2);
        breaks("G6", () -> oracle.checkLevel(witness));
        missed(new Gap("n1", Reason.PRODUCER_LOST, FIRST, 3L, null, null));
        oracle.checkLevel(witness);
    }

    @Test
    void findsAStreamThatGoesOnBehindItsEnd() {
        ready();
        publish(FIRST, 1, 3);
        give(FIRST, 1, 1);
        restart();
        missed(new Gap("n1", Reason.PRODUCER_RESTARTED, FIRST, 2L, null, new Position(SECOND, 1)));
        give(SECOND, 1, 1);
        breaks("G2", () -> give(FIRST, 2, 2));
        breaks("G2", () -> missed(overrun(2, 1, 3)));
    }

    @Test
    void findsALossUnderAnAddressThatIsAnotherIncarnations() {
        laterIncarnationAtAnotherAddress();
        give(SECOND, 1, 2);
        missed(new Gap("n1:2", Reason.PRODUCER_LOST, null, null, null, null));
        breaks("G1", () -> oracle.checkLevel(witness));
        breaks("G3", () -> missed(new Gap("n1:2", Reason.PRODUCER_LOST, FIRST, 1L, null, null)));
    }

    @Test
    void findsAGapThatIsEmpty() {
        ready();
        breaks("G1", () -> oracle.missed(witness, List.of()));
    }

    // ------------------------------------------------------------------ G2, G3, G4

    @Test
    void findsAMessageThatIsGivenTwice() {
        ready();
        publish(FIRST, 1, 2);
        give(FIRST, 1, 2);
        breaks("G2", () -> give(FIRST, 2, 2));
    }

    @Test
    void findsAGapInWhatWasGiven() {
        ready();
        publish(FIRST, 1, 9);
        give(FIRST, 1, 4);
        breaks("G2", () -> missed(overrun(4, 4, 8)));
    }

    @Test
    void findsAnOpenEndInWhatWasGiven() {
        ready();
        publish(FIRST, 1, 3);
        give(FIRST, 1, 2);
        truth.onMemberGone(1);
        breaks("G2", () -> missed(new Gap("n1", Reason.PRODUCER_LOST, FIRST, 2L, null, null)));
        breaks("G2", () -> missed(new Gap("n1", Reason.PRODUCER_LOST, FIRST, 1L, 3L, null)));
    }

    @Test
    void findsAnotherContent() {
        ready();
        publish(FIRST, 1, 1);
        breaks("G3", () -> oracle.given(witness, "n1", new Position(FIRST, 1), 12345));
    }

    @Test
    void findsWhatWasNeverPublished() {
        ready();
        publish(FIRST, 1, 1);
        give(FIRST, 1, 1);
        breaks("G3", () -> oracle.given(witness, "n1", new Position(FIRST, 2), 2));
        breaks("G3", () -> oracle.given(witness, "n1", new Position(new Epoch(77), 1), 1));
        breaks("G3", () -> oracle.given(witness, "n2", new Position(FIRST, 1), 1));
        breaks("G3", () -> oracle.given(witness, "n3", new Position(FIRST, 1), 1));
    }

    @Test
    void findsAnEpochThatIsUsedTwice() {
        breaks("G3", () -> truth.logMade("n2", 2, FIRST));
    }

    @Test
    void findsAStartBehindWhatWasPublishedAfterReady() {
        publish(FIRST, 1, 2);
        ready();
        publish(FIRST, 3, 4);
        breaks("G1", () -> give(FIRST, 4, 4));
    }

    @Test
    void findsABeginningThatIsLeftOutOfANodeThatComesLater() {
        ready();
        incarnationOfN2(false);
        breaks("G1", () -> oracle.given(witness, "n2", new Position(SECOND, 2), content(SECOND, 2)));
    }

    @Test
    void findsABeginningBehindTheTimeThatWasAskedFor() {
        publish(FIRST, 1, 2);
        Witness since = Witness.since(2, 1);
        oracle.opened(since, reader);
        truth.appended("n1", FIRST, 3, content(FIRST, 3), 1);
        truth.appended("n1", FIRST, 4, content(FIRST, 4), 2);
        breaks("G1", () -> oracle.given(since, "n1", new Position(FIRST, 4), content(FIRST, 4)));
        oracle.ready(since, reader);
        breaks("G1", () -> oracle.given(since, "n1", new Position(FIRST, 4), content(FIRST, 4)));
        oracle.given(since, "n1", new Position(FIRST, 3), content(FIRST, 3));
    }

    @Test
    void owesNothingOfWhoWasGoneBeforeItWasReady() {
        publish(FIRST, 1, 2);
        truth.onMemberGone(1);
        ready();
        oracle.checkLevel(witness);
    }

    // ------------------------------------------------------------------ G5, G6, G7

    @Test
    void findsARingThatIsLargerThanItMayBe() {
        oracle.checkBounds("ring", 10, 10_000);
        breaks("G5", () -> oracle.checkBounds("ring", 11, 10_000));
        breaks("G5", () -> oracle.checkBounds("ring", 10, 10_001));
    }

    @Test
    void findsASubscriptionThatIsNotLevelAtTheEnd() {
        breaks("G6", () -> oracle.checkLevel(witness));
        ready();
        oracle.checkLevel(witness);
        publish(FIRST, 1, 2);
        give(FIRST, 1, 1);
        breaks("G1", () -> oracle.checkLevel(witness));
        oracle.missed(witness, List.of(overrun(2, 1, 3)));
        breaks("G6", () -> oracle.checkLevel(witness));
    }

    @Test
    void findsASequenceThatIsGivenOutTwiceOrLeftOut() {
        publish(FIRST, 1, 2);
        breaks("G7", () -> publish(FIRST, 2, 2));
        breaks("G7", () -> publish(FIRST, 4, 4));
    }

    // ------------------------------------------------------------------ reloads, leaving

    @Test
    void findsAMessageDuringAReload() {
        ready();
        publish(FIRST, 1, 9);
        oracle.missed(witness, List.of(overrun(1, 7, 8)));
        breaks("S2", () -> give(FIRST, 8, 8));
    }

    @Test
    void findsOtherGapsAfterAReloadThatFailed() {
        ready();
        publish(FIRST, 1, 9);
        oracle.missed(witness, List.of(overrun(1, 7, 8)));
        breaks("S2", () -> oracle.missed(witness, List.of(overrun(1, 6, 7))));
    }

    @Test
    void findsAnEndThatWasNone() {
        ready();
        publish(FIRST, 1, 2);
        give(FIRST, 1, 2);
        breaks("C6", () -> oracle.left(witness, "n1", new Position(FIRST, 2)));
        truth.left("n1", FIRST);
        breaks("C6", () -> oracle.left(witness, "n1", new Position(FIRST, 1)));
        oracle.left(witness, "n1", new Position(FIRST, 2));
    }

    @Test
    void findsAnEndBeforeAllWasGiven() {
        ready();
        publish(FIRST, 1, 2);
        give(FIRST, 1, 1);
        truth.left("n1", FIRST);
        breaks("G1", () -> oracle.left(witness, "n1", new Position(FIRST, 2)));
    }

    // ------------------------------------------------------------------ tokens

    @Test
    void findsAnIncarnationThatBeganAfterTheTokenAndEndedBeforeItsResumption() {
        Witness resumed = resumedBehindAnIncarnationOfN2();
        breaks("G1", () -> oracle.checkLevel(resumed));
    }

    @Test
    void agreesThatSuchAnIncarnationIsToldWithNumbersOrWithout() {
        Witness exactly = resumedBehindAnIncarnationOfN2();
        missed(exactly, new Gap("n2", Reason.PRODUCER_LOST, SECOND, 1L, 3L, null));
        oracle.checkLevel(exactly);
        Witness openly = resumed(keep(), 0, lateReader());
        missed(openly, new Gap("n2", Reason.PRODUCER_LOST, null, null, null, null));
        oracle.checkLevel(openly);
    }

    @Test
    void findsSuchAnIncarnationThatIsToldToEndWhereItDidNot() {
        Witness resumed = resumedBehindAnIncarnationOfN2();
        breaks("G1", () -> missed(resumed, new Gap("n2", Reason.PRODUCER_LOST, SECOND, 1L, 2L, null)));
        breaks("G1", () -> missed(resumed, new Gap("n2", Reason.PRODUCER_LOST, SECOND, 1L, 4L, null)));
    }

    @Test
    void findsAnIncarnationThatIsToldToHaveEndedAndIsThere() {
        Witness kept = keep();
        long taken = stamp();
        incarnationOfN2(false);
        Witness resumed = resumed(kept, taken, lateReader());
        breaks("G1", () -> missed(resumed, new Gap("n2", Reason.PRODUCER_LOST, SECOND, 1L, 3L, null)));
    }

    @Test
    void agreesThatWhoComesFromThePastIsToldThatNobodyKnowsOfWhomItMissed() {
        Witness resumed = resumedBehindAnIncarnationOfN2();
        missed(resumed, new Gap(null, Reason.POSITION_UNKNOWN, null, null, null, null));
        oracle.checkLevel(resumed);
    }

    @Test
    void findsAnIncarnationThatBeganAfterATokenOfASubscriptionThatWasNotReady() {
        Witness kept = witness.kept();
        long taken = stamp();
        incarnationOfN2(false);
        Witness resumed = resumed(kept, taken, lateReader());
        oracle.ready(resumed, lateReader());
        breaks("G1", () -> oracle.given(resumed, "n2", new Position(SECOND, 2), content(SECOND, 2)));
    }

    @Test
    void findsSuchAGapOfASubscriptionThatBeganHere() {
        ready();
        breaks("G1", () -> missed(new Gap(null, Reason.POSITION_UNKNOWN, null, null, null, null)));
    }

    private Witness resumedBehindAnIncarnationOfN2() {
        Witness kept = keep();
        long taken = stamp();
        incarnationOfN2(true);
        return resumed(kept, taken, lateReader());
    }

    @Test
    void doesNotExceptAnIncarnationThatIsThereAtTheResumption() {
        Witness kept = keep();
        long taken = stamp();
        incarnationOfN2(false);
        Witness resumed = resumed(kept, taken, lateReader());
        breaks("G1", () -> oracle.checkLevel(resumed));
    }

    @Test
    void doesNotExceptAnIncarnationThatEndsAfterTheResumption() {
        Witness kept = keep();
        long taken = stamp();
        incarnationOfN2(false);
        Witness resumed = resumed(kept, taken, lateReader());
        truth.onMemberGone(2);
        breaks("G1", () -> oracle.checkLevel(resumed));
    }

    @Test
    void findsAMessageThatIsAcceptedBeforeItsNodeIsAMember() {
        truth.logMade("n2", 2, SECOND);
        breaks("P14", () -> publish(SECOND, 1, 1));
        truth.becameMember(2, stamp());
        publish(SECOND, 1, 1);
    }

    @Test
    void agreesThatAnIncarnationWhoseNameNobodyKnewIsToldWhenItGoes() {
        laterIncarnationAtAnotherAddress();
        give(SECOND, 1, 2);
        missed(new Gap("n1:1", Reason.PRODUCER_LOST, null, null, null, null));
        oracle.checkLevel(witness);
    }

    @Test
    void findsAnIncarnationWhoseNameNobodyKnewThatIsNeverTold() {
        laterIncarnationAtAnotherAddress();
        give(SECOND, 1, 2);
        breaks("G1", () -> oracle.checkLevel(witness));
    }

    private void laterIncarnationAtAnotherAddress() {
        ready();
        publish(FIRST, 1, 2);
        truth.onMemberGone(1);
        laterIncarnation("n1:2");
    }

    @Test
    void findsThatMessagesComeAgainOfAnIncarnationThatWasToldAsLost() {
        Witness resumed = resumedBehindALoss();
        breaks("G2", () -> oracle.given(resumed, "n1", new Position(FIRST, 1), content(FIRST, 1)));
    }

    @Test
    void takesThatAnIncarnationGoesOnThatWasToldAsLost() {
        Witness resumed = resumedBehindALoss();
        publish(FIRST, 3, 3);
        oracle.given(resumed, "n1", new Position(FIRST, 3), content(FIRST, 3));
    }

    @Test
    void exceptsAnIncarnationOfTheOtherHalfOfASplitWhateverIsResumedFromThereLater() {
        Witness kept = keep();
        incarnationOfN2(true);
        Heard half = whoseClusterHasNotHeardOfTheTakers();
        Witness resumed = resumed(kept, stamp(), half);
        half.joins();
        isExcepted(resumed.kept().resumed(3, new Witness.Handover(half, stamp(), lateReader(), stamp())));
    }

    @Test
    void exceptsAnIncarnationOfTheOtherHalfOfASplitAlsoIfThatIsHeardOfOnceItsReaderHasJoined() {
        Witness kept = keep();
        incarnationOfN2(true);
        Heard half = whoseClusterHasNotHeardOfTheTakers();
        Witness resumed = resumed(kept, stamp(), half);
        half.joins();
        resumed.readerJoins();
        heardOfTheTakers = true;
        isExcepted(resumed);
    }

    @Test
    void exceptsAnIncarnationOfTheOtherHalfOfASplitIfTheTokenWasAtAProcessMeanwhileThatWasNoMember() {
        Witness kept = keep();
        incarnationOfN2(true);
        Heard never = whoseClusterHasNotHeardOfTheTakers();
        Witness resumed = resumed(kept, stamp(), never);
        Heard half = whoseClusterHasNotHeardOfTheTakers();
        half.joins();
        isExcepted(resumed.kept().resumed(3, new Witness.Handover(never, stamp(), half, stamp())));
    }

    @Test
    void doesNotExceptSuchAnIncarnationWhereTheOtherHalfIsKnown() {
        Witness kept = keep();
        incarnationOfN2(true);
        Heard never = whoseClusterHasNotHeardOfTheTakers();
        Witness resumed = resumed(kept, stamp(), never);
        Witness late = resumed.kept().resumed(3, new Witness.Handover(never, stamp(), lateReader(), stamp()));
        oracle.opened(late, lateReader());
        breaks("G1", () -> oracle.checkLevel(late));
    }

    private void isExcepted(Witness resumed) {
        oracle.opened(resumed, lateReader());
        oracle.checkLevel(resumed);
        assertEquals(1, counts.get("limit: a cluster that was over before another one had a word of it"));
    }

    private Heard whoseClusterHasNotHeardOfTheTakers() {
        return new Heard(this::stamp, READER, new Heard.OtherClusters() {
            @Override
            public boolean isElsewhere(long uid) {
                return false;
            }

            @Override
            public long heardUntilNs(long uid) {
                return Long.MAX_VALUE;
            }

            @Override
            public boolean areHeardOf() {
                return false;
            }

            @Override
            public boolean isStranger(long uid) {
                return uid == TAKER && !heardOfTheTakers;
            }
        });
    }

    private Witness resumedBehindALoss() {
        ready();
        publish(FIRST, 1, 2);
        give(FIRST, 1, 2);
        missed(new Gap("n1", Reason.PRODUCER_LOST, FIRST, 3L, null, null));
        Heard other = lateReader();
        other.appeared(1, "n1:1");
        Witness resumed = resumed(witness.kept(), stamp(), other);
        oracle.opened(resumed, other);
        return resumed;
    }

    private Witness keep() {
        ready();
        return witness.kept();
    }

    private Witness resumed(Witness kept, long taken, Heard by) {
        return kept.resumed(2, new Witness.Handover(reader, taken, by, stamp()));
    }

    private void incarnationOfN2(boolean ends) {
        truth.logMade("n2", 2, SECOND);
        truth.becameMember(2, stamp());
        publish(SECOND, 1, 3);
        if (ends) {
            truth.onMemberGone(2);
        }
    }

    /** Who has joined after all that. */
    private Heard lateReader() {
        Heard late = new Heard(this::stamp);
        late.joins();
        return late;
    }

    // ------------------------------------------------------------------

    private void ready() {
        oracle.ready(witness, reader);
    }

    private void publish(Epoch epoch, long first, long last) {
        for (long sequence = first; sequence <= last; sequence++) {
            truth.appended("n1", epoch, sequence, content(epoch, sequence), 0);
        }
    }

    private void give(Epoch epoch, long first, long last) {
        for (long sequence = first; sequence <= last; sequence++) {
            oracle.given(witness, "n1", new Position(epoch, sequence), content(epoch, sequence));
        }
    }

    private static long content(Epoch epoch, long sequence) {
        return epoch.id() * 1_000 + sequence;
    }

    private void restart() {
        truth.onMemberGone(1);
        laterIncarnation("n1:1");
    }

    private void laterIncarnation(String address) {
        truth.address(11, address);
        truth.logMade("n1", 11, SECOND);
        truth.becameMember(11, stamp());
        publish(SECOND, 1, 2);
    }

    private void missed(Gap... gaps) {
        missed(witness, gaps);
    }

    private void missed(Witness by, Gap... gaps) {
        by.pending = null; // an earlier attempt was found to be wrong
        oracle.missed(by, List.of(gaps));
        oracle.reloaded(by, null);
    }

    private static Gap ofTheLaterIncarnation() {
        return new Gap("n1", Reason.OVERRUN, SECOND, 1L, 1L, new Position(SECOND, 2));
    }

    private static Gap unknown(long resumesAt) {
        return new Gap("n1", Reason.POSITION_UNKNOWN, FIRST, null, null, new Position(FIRST, resumesAt));
    }

    private static Gap overrun(long firstMissing, long missed, long resumesAt) {
        return new Gap("n1", Reason.OVERRUN, FIRST, firstMissing, missed, new Position(FIRST, resumesAt));
    }

    private static void breaks(String guarantee, Executable what) {
        Violation violation = assertThrows(Violation.class, what);
        assertTrue(String.valueOf(violation.getMessage()).startsWith(guarantee), violation::getMessage);
    }
}
