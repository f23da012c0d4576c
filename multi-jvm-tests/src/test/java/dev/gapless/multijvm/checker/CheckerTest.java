package dev.gapless.multijvm.checker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The checker notices what must never happen, in journals written by hand; otherwise the test that relies on it could not
 * fail. Node n1 publishes five messages at 101 to 105, of which thread 1 has the first three; s1 was ready at 100.
 */
class CheckerTest {
    @TempDir
    private Path directory;

    private Checker checker;

    @BeforeEach
    void journals() {
        checker = new Checker(directory, Map.of("u", 1_000L));
        write("members-n2", "members n2 127.0.0.1:2 b 22 1", "up 11 2");
        write("members-n1", "members n1 127.0.0.1:1 a 11 1", "up 11 2");
        write("publisher-t-n1-a", "publisher t n1 127.0.0.1:1 a 10");
        publish("publisher-t-n1-a", "e1", 1, 1, 1, 101);
        publish("publisher-t-n1-a", "e1", 1, 2, 2, 102);
        publish("publisher-t-n1-a", "e1", 1, 3, 3, 103);
        publish("publisher-t-n1-a", "e1", 2, 1, 4, 104);
        publish("publisher-t-n1-a", "e1", 2, 2, 5, 105);
        write("subscription-s1", "subscription s1 t n2 b - 0 50", "y 0 100");
    }

    // ------------------------------------------------------------------------------------------ what is right

    private void isToldThatNobodyKnowsWhoCameAndWentBefore() {
        write("publisher-t-n4-x", "publisher t n4 127.0.0.1:4 x 62");
        publish("publisher-t-n4-x", "e9", 1, 1, 1, 70);
        write("faults", "over n4 80");
        given(1, 2, 3, 4, 5);
        write(
                "subscription-s3",
                "subscription s3 t n2 b - 0 90",
                "y 0 95",
                "x 1 99",
                "g - POSITION_UNKNOWN - - - - -",
                "r");
        write("subscription-s3", "d n1 e1 1 a 1 1 h1-1", "d n1 e1 2 a 1 2 h1-2", "d n1 e1 3 a 1 3 h1-3");
        write("subscription-s3", "d n1 e1 4 a 2 1 h2-1", "d n1 e1 5 a 2 2 h2-2");
    }

    @Test
    void takesThatNobodyKnowsWhatWasPublishedInAnotherClusterShortlyBefore() {
        write("members-n4", "members n4 127.0.0.1:4 x 44 60", "up 44 61");
        isToldThatNobodyKnowsWhoCameAndWentBefore();
        right();
        assertEquals(1, checker.counts().get("told of another cluster"));
    }

    /** n5 has seen n4, and n1 publishes meanwhile. */
    private void isToldOfAClusterOfTwo() {
        write("members-n4", "members n4 127.0.0.1:4 x 44 60", "up 44 61");
        write("members-n5", "members n5 127.0.0.1:5 y 55 62", "up 44 63", "up 55 63");
        write("publisher-t-n4-x", "publisher t n4 127.0.0.1:4 x 62");
        publish("publisher-t-n4-x", "e9", 1, 1, 1, 70);
        publish("publisher-t-n4-x", "e9", 1, 2, 2, 106);
        write("faults", "over n4 107");
        given(1, 2, 3, 4, 5);
        write("subscription-s1", "e CANCELLED 109");
        write(
                "subscription-s3",
                "subscription s3 t n2 b - 0 110",
                "y 0 111",
                "x 1 112",
                "g - POSITION_UNKNOWN - - - - -",
                "r");
    }

    @Test
    void takesThatNobodyKnowsWhatSeveralPublishedInAnotherClusterShortlyBefore() {
        isToldOfAClusterOfTwo();
        right();
    }

    @Test
    void findsThatNobodyIsSaidToKnowThoughThereWasOneCluster() {
        write("members-n1", "up 44 64");
        isToldOfAClusterOfTwo();
        write("members-n4", "up 11 64");
        violated("G1", "never had one from elsewhere");
    }

    @Test
    void takesThatNothingIsToldOfTheEndOfAnEmptyLog() {
        given(1, 2, 3, 4, 5);
        told("g n1 PRODUCER_RESTARTED e1 6 - e8 1");
        told("g n1 PRODUCER_LOST e4 1 - - -");
        right();
    }

    @Test
    void takesThatAnIncarnationComesAfterAnEmptyLogOfWhichNothingIsTold() {
        given(1, 2, 3, 4, 5);
        told("g n1 PRODUCER_RESTARTED e1 6 - e8 1");
        restartAgain();
        write("subscription-s1", "d n1 e4 1 d 1 1 h1-1");
        right();
    }

    /** n1 has died, and its successor has the stored log: s1 goes on there. */
    private void goesOnInTheSuccessor(int... sequences) {
        checker = new Checker(directory, Map.of(), true);
        given(sequences);
        restart();
        write("subscription-s1", "d n1 e2 1 c 1 1 h1-1", "d n1 e2 2 c 1 2 h1-2");
    }

    @Test
    void takesThatNothingIsToldOfAnEndBehindWhichADurableLogGoesOn() {
        goesOnInTheSuccessor(1, 2, 3, 4, 5);
        right();
    }

    @Test
    void findsWhatADurableLogLeavesOutAtTheEndOfAnIncarnation() {
        goesOnInTheSuccessor(1, 2, 3, 4);
        violated("G1", "n1/e1:5 is neither given nor announced");
    }

    @Test
    void findsThatADurableLogGivesToOneWhatItDoesNotGiveToAnother() {
        write("publisher-t-n1-a", "p 2 3 h2-3 108"); // and never had an answer
        write("subscription-s2", "subscription s2 t n2 b - 0 50", "y 0 100");
        for (int s = 1; s <= 6; s++) {
            int thread = s <= 3 ? 1 : 2;
            int index = s <= 3 ? s : s - 3;
            write("subscription-s2", "d n1 e1 " + s + " a " + thread + " " + index + " h" + thread + "-" + index);
        }
        write("subscription-s2", "d n1 e2 1 c 1 1 h1-1", "d n1 e2 2 c 1 2 h1-2");
        goesOnInTheSuccessor(1, 2, 3, 4, 5);
        assertTrue(
                read().lacking().toString().contains("n1/e1:6"),
                () -> checker.lacking().toString());
    }

    @Test
    void takesWhatIsInOrder() {
        given(1, 2, 3, 4, 5);
        right();
        assertEquals(5, checker.counts().get("published"));
        assertEquals(5, checker.counts().get("delivered"));
    }

    @Test
    void takesAGapThatFits() {
        given(1);
        told("g n1 OVERRUN e1 2 3 e1 5");
        given(5);
        right();
        assertEquals(3, checker.counts().get("announced as missed"));
        assertEquals(1, checker.counts().get("expired: OVERRUN"));
    }

    @Test
    void takesARestartThatIsTold() {
        given(1, 2);
        restart();
        told("g n1 PRODUCER_RESTARTED e1 3 - e2 1", "g n1 OVERRUN e2 1 1 e2 2");
        write("subscription-s1", "d n1 e2 2 c 1 2 h1-2");
        right();
    }

    @Test
    void takesTheGapsOfAReloadInAnyOrder() {
        given(1, 2);
        restart();
        told("g n1 OVERRUN e2 1 1 e2 2", "g n1 PRODUCER_RESTARTED e1 3 - e2 1");
        write("subscription-s1", "d n1 e2 2 c 1 2 h1-2");
        right();
    }

    @Test
    void takesAProducerThatIsLostAndItsNextIncarnationFromTheBeginning() {
        given(1, 2);
        restart();
        told("g n1 PRODUCER_LOST e1 3 - - -");
        write("subscription-s1", "d n1 e2 1 c 1 1 h1-1", "d n1 e2 2 c 1 2 h1-2");
        right();
    }

    @Test
    void takesAProducerThatLeft() {
        given(1, 2, 3, 4, 5);
        write("subscription-s1", "l n1 e1 5");
        write("faults", "over n1 200");
        right();
    }

    @Test
    void takesTheNextIncarnationOfAProducerThatLeftBehindWhatWasMissed() {
        given(1);
        told("g n1 OVERRUN e1 2 4 e1 6");
        write("subscription-s1", "l n1 e1 5");
        restart();
        write("subscription-s1", "d n1 e2 1 c 1 1 h1-1", "d n1 e2 2 c 1 2 h1-2");
        right();
    }

    @Test
    void takesAGapInTheNextIncarnationRightBeforeTheLastOneIsToldToHaveLeft() {
        given(1, 2, 3, 4, 5);
        restart();
        told("g n1 OVERRUN e2 1 1 e2 2");
        write("subscription-s1", "l n1 e1 5", "d n1 e2 2 c 1 2 h1-2");
        right();
    }

    @Test
    void takesATokenThatIsResumedElsewhere() {
        given(1, 2);
        write("subscription-s1", "t 1 token 150", "d n1 e1 3 a 1 3 h1-3", "e CANCELLED 160");
        write("subscription-s2", "subscription s2 t n1 a s1 1 170", "y 0 180");
        write("subscription-s2", "d n1 e1 3 a 1 3 h1-3", "d n1 e1 4 a 2 1 h2-1", "d n1 e1 5 a 2 2 h2-2");
        right();
        assertEquals(1, checker.counts().get("tokens resumed"));
    }

    @Test
    void takesAnIncarnationBetweenATokenAndItsResumptionThatIsToldInNumbers() {
        aToolBehindTheToken();
        write("subscription-s2", "x 1 200", "g tool PRODUCER_LOST e3 1 2 - -", "r");
        right();
        assertEquals(1, checker.counts().get("incarnations behind a token, announced in numbers"));
    }

    @Test
    void takesAnIncarnationBetweenATokenAndItsResumptionOfWhichNobodyKnowsWhatItPublished() {
        aToolBehindTheToken();
        write("subscription-s2", "x 1 200", "g tool PRODUCER_LOST e3 1 - - -", "r");
        right();
        assertEquals(1, checker.counts().get("incarnations behind a token, announced without numbers"));
    }

    @Test
    void takesAnIncarnationThatIsToldByItsAddress() {
        aToolBehindTheToken();
        write("subscription-s2", "x 1 200", "g 127.0.0.1:3 PRODUCER_LOST e3 1 - - -", "r");
        right();
        assertEquals(1, checker.counts().get("expired, by an address: PRODUCER_LOST"));
    }

    @Test
    void takesAnIncarnationThatIsToldOfBeforeTheEndOfTheOneThatATokenNames() {
        given(1, 2);
        write("subscription-s1", "t 1 token 150", "e CANCELLED 160");
        restart();
        write("faults", "over n1 125");
        write("subscription-s2", "subscription s2 t n2 b s1 1 170", "y 0 180");
        write("subscription-s2", "x 1 190", "g n1 PRODUCER_LOST e2 1 2 - -", "r");
        write("subscription-s2", "x 1 200", "g n1 PRODUCER_LOST e1 3 - - -", "r");
        right();
    }

    @Test
    void takesAnIncarnationThatIsToldOfInTheReloadInWhichTheNextOneAnswers() {
        resumesAfterARestart();
        write("subscription-s2", "x 2 190", "g n1 PRODUCER_LOST e1 3 3 - -", "g n1 OVERRUN e2 1 1 e2 2", "r");
        write("subscription-s2", "d n1 e2 2 c 1 2 h1-2");
        right();
    }

    @Test
    void takesAnEarlierIncarnationThatIsToldOfWhileTheNextOneGoesOn() {
        given(1, 2, 3, 4, 5);
        write("subscription-s1", "l n1 e1 5", "e CANCELLED 110");
        restart();
        restartAgain();
        publish("publisher-t-n1-d", "e4", 1, 2, 2, 132);
        write("subscription-s2", "subscription s2 t n2 b - 0 126", "y 0 128", "d n1 e4 1 d 1 1 h1-1");
        write("subscription-s2", "x 1 200", "g n1 PRODUCER_LOST e2 1 2 - -", "r", "d n1 e4 2 d 1 2 h1-2");
        right();
    }

    /** On n3, which is in another cluster than n1, and then on n2, which is not. */
    @Test
    void takesThatAnIncarnationGoesOnThatWasToldAsLostInAnotherCluster() {
        resumesInAnotherCluster("up 44 155");
        write("subscription-s3", "subscription s3 t n2 b s2 1 190", "y 0 195", "d n1 e1 3 a 1 3 h1-3");
        write("subscription-s3", "x 1 200", "g n1 OVERRUN e1 4 1 e1 5", "r", "d n1 e1 5 a 2 2 h2-2");
        right();
        assertEquals(1, checker.counts().get("given after it was announced as lost"));
    }

    /** n1 is still a member when s3 resumes, and is removed before s4 does. */
    @Test
    void takesThatAnIncarnationIsToldAsLostOnceMoreThatWasAMemberInBetween() {
        resumesInAnotherCluster("up 44 155");
        write("members-n2", "removed 11 195");
        write("subscription-s3", "subscription s3 t n2 b s2 1 190", "y 0 191", "t 1 token 192", "e CANCELLED 193");
        write("subscription-s4", "subscription s4 t n2 b s3 1 200", "y 0 201");
        write("subscription-s4", "x 1 210", "g n1 PRODUCER_LOST e1 3 - - -", "r");
        right();
    }

    @Test
    void takesThatNobodyKnowsWhatAnotherClusterPublished() {
        given(1, 2, 3, 4, 5);
        write("publisher-t-n3-x", "publisher t n3 127.0.0.1:4 x 110");
        publish("publisher-t-n3-x", "e5", 1, 1, 1, 120);
        write("faults", "over n3 130");
        told("g - POSITION_UNKNOWN - - - - -");
        right();
    }

    @Test
    void takesIncarnationsThatNobodyCanNumber() {
        aToolBehindTheToken();
        write("subscription-s2", "x 1 200", "g - POSITION_UNKNOWN - - - - -", "r");
        right();
    }

    @Test
    void takesARestartThatEndsTheIncarnationsInBetween() {
        given(1, 2, 3);
        restart();
        restartAgain();
        told("g n1 PRODUCER_RESTARTED e1 4 - e4 1", "g n1 PRODUCER_RESTARTED e2 1 - e4 1");
        write("subscription-s1", "d n1 e4 1 d 1 1 h1-1");
        right();
    }

    @Test
    void takesThatATokensPositionIsUnknown() {
        given(1, 2);
        write("subscription-s1", "t 1 token 150", "e CANCELLED 160");
        write("subscription-s2", "subscription s2 t n2 b s1 1 170", "y 0 180");
        write("subscription-s2", "x 1 190", "g n1 POSITION_UNKNOWN e1 - - e1 5", "r", "d n1 e1 5 a 2 2 h2-2");
        right();
    }

    @Test
    void takesThatItIsUnknownWhatAMemberPublishedWhileItWasSilent() {
        told("g n1 POSITION_UNKNOWN e1 - - e1 5");
        given(5);
        right();
    }

    /** Nobody knew that it was n1 when the next incarnation of n1 was heard. */
    @Test
    void takesTheNextIncarnationBesideOneThatGoesByItsAddress() {
        write("subscription-s1", "d 127.0.0.1:1 e1 1 a 1 1 h1-1");
        restart();
        write("subscription-s1", "d n1 e2 1 c 1 1 h1-1", "d n1 e2 2 c 1 2 h1-2");
        told("g 127.0.0.1:1 PRODUCER_LOST e1 2 - - -");
        right();
    }

    /** It may have published the message, or not: only those who were given it can tell. */
    @Test
    void takesAMessageThatItsKilledPublisherCouldNotAnswerFor() {
        write("publisher-t-n1-a", "p 1 4 h1-4 106", "p 1 5 h1-5 107");
        append("publisher-t-n1-a", "a 1 4 e");
        given(1, 2, 3, 4, 5);
        write("subscription-s1", "d n1 e1 6 a 1 4 h1-4");
        told("g n1 PRODUCER_LOST e1 7 - - -");
        write("faults", "over n1 200");
        assertEquals(2, read().counts().get("in doubt"));
        right();
    }

    @Test
    void doesNotDemandWhatWasPublishedBeforeItWasReady() {
        write("subscription-s2", "subscription s2 t n2 b - 0 50", "y 0 104");
        write("subscription-s2", "d n1 e1 4 a 2 1 h2-1", "d n1 e1 5 a 2 2 h2-2");
        given(1, 2, 3, 4, 5);
        right();
    }

    // ------------------------------------------------------------------------------------------ G1

    @Test
    void noticesASilentGap() {
        given(1, 3);
        violated("G1", "silently, having reached 1");
    }

    @Test
    void noticesASilentRestart() {
        given(1, 2, 3, 4, 5);
        restart();
        write("subscription-s1", "d n1 e2 1 c 1 1 h1-1");
        violated("G1", "silently, being in e1");
    }

    @Test
    void noticesASilentRestartBehindAGap() {
        told("g n1 OVERRUN e1 1 2 e1 3");
        restart();
        write("subscription-s1", "d n1 e2 1 c 1 1 h1-1");
        violated("G1", "silently, being in e1");
    }

    @Test
    void noticesAGapInTheNextIncarnationBeforeTheEndOfTheLast() {
        given(1, 2, 3, 4);
        restart();
        told("g n1 OVERRUN e2 1 1 e2 2");
        violated("G1", "being in e1");
    }

    @Test
    void noticesThatTheNextIncarnationIsGivenBehindAGapBeforeTheEndOfTheLast() {
        given(1, 2, 3, 4, 5);
        restart();
        told("g n1 OVERRUN e2 1 1 e2 2");
        write("subscription-s1", "d n1 e2 2 c 1 2 h1-2");
        violated("G1", "being in e1");
    }

    @Test
    void noticesAGapInAnIncarnationBehindTheNextOne() {
        given(1, 2);
        restart();
        told("g n1 PRODUCER_RESTARTED e1 3 - e2 1");
        write("subscription-s1", "d n1 e2 1 c 1 1 h1-1");
        told("g n1 OVERRUN e1 3 2 e1 5");
        violated("G1", "having been in e2");
    }

    @Test
    void noticesThatTheNextIncarnationLeftBeforeTheEndOfTheLast() {
        given(1, 2, 3, 4, 5);
        restart();
        write("subscription-s1", "l n1 e2 2");
        violated("G1", "being in e1");
    }

    @Test
    void noticesAGapThatBeginsTooLate() {
        given(1);
        told("g n1 OVERRUN e1 3 2 e1 5");
        violated("G1", "told too little");
    }

    @Test
    void noticesAGapThatEndsElsewhere() {
        given(1);
        told("g n1 OVERRUN e1 2 1 e1 5");
        violated("G1", "does not go on behind what it missed");
    }

    @Test
    void noticesAGapWithoutANumber() {
        given(1);
        told("g n1 OVERRUN e1 2 - e1 5");
        violated("G1", "not told how many");
    }

    @Test
    void noticesAGapThatWasNeverPublished() {
        given(1, 2, 3, 4, 5);
        told("g n1 OVERRUN e1 6 4 e1 10");
        violated("G1", "missed what never was");
    }

    /** What else is told as an overrun hides a defect. */
    @Test
    void noticesAnOverrunOfARingThatWasNotFull() {
        given(1, 2, 3, 4, 5);
        write("publisher-u-n1-a", "publisher u n1 127.0.0.1:1 a 10");
        publish("publisher-u-n1-a", "e3", 1, 1, 1, 101);
        write("subscription-s2", "subscription s2 u n2 b - 0 50", "y 0 100");
        write("subscription-s2", "x 1 150", "g n1 OVERRUN e3 1 1 e3 2", "r");
        violated("G1", "though only 1 messages came after");
    }

    @Test
    void noticesAGapOfALogInWhichItStandsNowhereThatBeginsTooLate() {
        told("g n1 OVERRUN e1 3 2 e1 5");
        violated("G1", "n1/e1:1 (G4) is neither given nor announced before");
    }

    @Test
    void noticesAGapOfNothing() {
        given(1);
        told("g n1 OVERRUN e1 2 0 e1 2");
        violated("G1", "told of nothing");
    }

    @Test
    void noticesANoticeWithoutGaps() {
        given(1, 2, 3, 4, 5);
        write("subscription-s1", "x 0 150", "r");
        violated("G1", "told of nothing");
    }

    @Test
    void noticesAnOpenEndBehindWhatNeverWas() {
        told("g n1 PRODUCER_LOST e1 9 - - -");
        violated("G1", "missed what never was");
    }

    @Test
    void noticesASuccessorBehindWhatNeverWas() {
        given(1, 2);
        restart();
        told("g n1 PRODUCER_RESTARTED e1 3 - e2 9");
        violated("G1", "missed what never was");
    }

    @Test
    void noticesAnUnknownPositionOfWhoeverResumesNone() {
        given(1);
        told("g n1 POSITION_UNKNOWN e1 - - e1 5");
        violated("G1", "never had one from elsewhere");
    }

    @Test
    void noticesAnUnknownPositionThatHasANumber() {
        given(1);
        told("g n1 POSITION_UNKNOWN e1 2 3 e1 5");
        violated("G1", "told a number and no position");
    }

    @Test
    void noticesAnUnknownPositionOfWhatNeverWas() {
        told("g n1 POSITION_UNKNOWN e1 - - e1 9");
        violated("G1", "missed what never was");
    }

    @Test
    void noticesThatNobodyKnowsWhoCameAndWentThoughEverybodyWasAMember() {
        given(1, 2, 3, 4, 5);
        told("g - POSITION_UNKNOWN - - - - -");
        violated("G1", "never had one from elsewhere");
    }

    @Test
    void noticesThatNobodyKnowsWhoCameAndWentThoughWhoWentWasAMember() {
        write("members-n4", "members n4 127.0.0.1:4 x 44 60", "up 44 61");
        write("members-n1", "up 44 61");
        isToldThatNobodyKnowsWhoCameAndWentBefore();
        violated("G1", "never had one from elsewhere");
    }

    @Test
    void noticesANewEpochOfWhichTheBeginningIsMissing() {
        given(1, 2);
        restart();
        told("g n1 PRODUCER_RESTARTED e1 3 - e2 1");
        write("subscription-s1", "d n1 e2 2 c 1 2 h1-2");
        violated("G1", "silently, having reached 0");
    }

    @Test
    void noticesThatARestartLeavesAnIncarnationInBetweenOpen() {
        given(1, 2, 3);
        restart();
        restartAgain();
        told("g n1 PRODUCER_RESTARTED e1 4 - e4 1");
        write("subscription-s1", "d n1 e4 1 d 1 1 h1-1");
        violated("G6", "n1/e2:1 (G4)");
    }

    @Test
    void noticesThatAnIncarnationComesBehindTheNextOne() {
        given(1, 2);
        restart();
        told("g n1 PRODUCER_RESTARTED e1 3 - e2 1");
        write("subscription-s1", "d n1 e2 1 c 1 1 h1-1");
        given(3);
        violated("G1", "having been in e2");
    }

    @Test
    void noticesAnOpenEndForAnotherReason() {
        given(1);
        told("g n1 OVERRUN e1 2 - - -");
        violated("G1", "not that it is PRODUCER_LOST");
    }

    @Test
    void noticesAnOpenEndWithASuccessorForAnotherReason() {
        given(1);
        restart();
        told("g n1 PRODUCER_LOST e1 2 - e2 1");
        violated("G1", "not that it is PRODUCER_RESTARTED");
    }

    @Test
    void noticesAnEndInNumbersBehindWhichThereIsMore() {
        given(1);
        told("g n1 PRODUCER_LOST e1 2 3 - -");
        violated("G1", "an end that was none");
    }

    @Test
    void noticesThatALogGoesOnBehindAnEndInNumbers() {
        given(1);
        told("g n1 PRODUCER_LOST e1 2 4 - -");
        publish("publisher-t-n1-a", "e1", 1, 4, 6, 160);
        violated("G6", "n1/e1:6");
    }

    @Test
    void noticesAGapThatNamesNoStream() {
        given(1, 2, 3, 4, 5);
        told("g n1 PRODUCER_LOST - - - - -");
        violated("G1", "told of no stream");
    }

    @Test
    void noticesAGapOfNobodyThatIsSomebodys() {
        given(1, 2, 3, 4, 5);
        told("g - PRODUCER_LOST - - - - -");
        violated("G1", "of nobody what is somebody's");
    }

    @Test
    void noticesAMessageBeforeTheReload() {
        given(1);
        write("subscription-s1", "x 1 150", "g n1 OVERRUN e1 2 3 e1 5", "z");
        given(5);
        violated("G1", "before it has reloaded");
        assertEquals(1, checker.counts().get("reloads that failed"));
    }

    @Test
    void noticesThatItIsToldAgainBeforeTheReload() {
        given(1);
        write("subscription-s1", "x 1 150", "g n1 OVERRUN e1 2 3 e1 5", "x 1 151", "g n1 OVERRUN e1 2 3 e1 5");
        violated("G1", "told again before it has reloaded");
    }

    @Test
    void noticesThatAFailedReloadIsRepeatedForSomethingElse() {
        given(1);
        write("subscription-s1", "x 1 150", "g n1 OVERRUN e1 2 3 e1 5", "z", "x 1 151", "g n1 OVERRUN e1 2 2 e1 4");
        violated("G1", "after a failed reload");
    }

    @Test
    void noticesThatAProducerIsSaidToHaveLeftTooEarly() {
        given(1, 2, 3, 4);
        write("subscription-s1", "l n1 e1 4");
        violated("G1", "though its head is 5");
    }

    @Test
    void noticesThatAProducerIsSaidToHaveLeftBeforeItsLastMessages() {
        given(1, 2, 3);
        write("subscription-s1", "l n1 e1 5");
        violated("G1", "having reached 3");
    }

    @Test
    void noticesThatAProducerLeftOfWhichNothingWasGiven() {
        write("subscription-s1", "l n1 e1 5");
        violated("G1", "n1/e1:1 (G4) is neither given nor announced before it left");
    }

    @Test
    void noticesWhatATokenForgets() {
        given(1, 2);
        write("subscription-s1", "t 1 token 150");
        given(3, 4, 5);
        write("subscription-s2", "subscription s2 t n1 a s1 1 170", "d n1 e1 4 a 2 1 h2-1");
        violated("G1", "silently, having reached 2");
    }

    @Test
    void noticesAnIncarnationInBetweenThatIsNotTold() {
        given(1, 2, 3, 4, 5);
        write("subscription-s1", "l n1 e1 5");
        restart();
        restartAgain();
        write("subscription-s1", "d n1 e4 1 d 1 1 h1-1");
        violated("G6", "n1/e2:1 (G4)");
    }

    @Test
    void noticesSomethingBehindTheEnd() {
        given(1);
        write("subscription-s1", "e CANCELLED 150");
        given(2);
        violated("G1", "behind its end");
    }

    // ------------------------------------------------------------------------------------------ G2 to G7

    @Test
    void noticesARepetition() {
        given(1, 2, 2);
        violated("G2", "having reached 2");
    }

    @Test
    void noticesThatATokenRepeats() {
        given(1, 2);
        write("subscription-s1", "t 1 token 150");
        given(3, 4, 5);
        write("subscription-s2", "subscription s2 t n1 a s1 1 170", "d n1 e1 2 a 1 2 h1-2");
        violated("G2", "having reached 2");
    }

    @Test
    void noticesThatMessagesComeAgainOfAnIncarnationThatWasToldAsLostInAnotherCluster() {
        resumesInAnotherCluster("up 44 155");
        write("subscription-s3", "subscription s3 t n2 b s2 1 190", "d n1 e1 2 a 1 2 h1-2");
        violated("G2", "having reached 2");
    }

    @Test
    void noticesThatTheyAreToldAsMissedAgain() {
        resumesInAnotherCluster("up 44 155");
        write("subscription-s3", "subscription s3 t n2 b s2 1 190", "y 0 195");
        write("subscription-s3", "x 1 200", "g n1 OVERRUN e1 1 4 e1 5", "r", "d n1 e1 5 a 2 2 h2-2");
        violated("G2", "missed what it has");
    }

    @Test
    void noticesThatItIsToldToHaveMissedWhatItHas() {
        given(1, 2, 3);
        told("g n1 OVERRUN e1 3 2 e1 5");
        violated("G2", "missed what it has");
    }

    @Test
    void noticesThatAnIncarnationIsToldOfThatATokenHadPassed() {
        given(1, 2, 3, 4, 5);
        write("subscription-s1", "l n1 e1 5", "t 1 token 150", "e CANCELLED 160");
        write("subscription-s2", "subscription s2 t n2 b s1 1 170", "y 0 180");
        write("subscription-s2", "x 1 190", "g n1 PRODUCER_LOST e1 1 5 - -", "r");
        violated("G2", "missed what it has");
    }

    @Test
    void noticesAnUnknownPositionBeforeWhatItHas() {
        given(1, 2, 3);
        write("subscription-s1", "t 1 token 150", "e CANCELLED 160");
        write("subscription-s2", "subscription s2 t n2 b s1 1 170", "y 0 180");
        write("subscription-s2", "x 1 190", "g n1 POSITION_UNKNOWN e1 - - e1 3", "r");
        violated("G2", "goes on before what it has");
    }

    @Test
    void noticesThatALogGoesOnAfterItsProducerLeft() {
        given(1, 2, 3, 4, 5);
        write("subscription-s1", "l n1 e1 5");
        publish("publisher-t-n1-a", "e1", 1, 4, 6, 160);
        write("subscription-s1", "d n1 e1 6 a 1 4 h1-4");
        violated("G2", "of a log that was over");
    }

    @Test
    void noticesThatALogGoesOnThatItsNodeHasSeenTheEndOf() {
        write("members-n2", "removed 11 140");
        given(1, 2);
        told("g n1 PRODUCER_LOST e1 3 - - -");
        given(3);
        violated("G2", "of a log that was over");
    }

    @Test
    void noticesAGapOfALogThatItsNodeHasSeenTheEndOf() {
        write("members-n2", "removed 11 140");
        given(1, 2);
        told("g n1 PRODUCER_LOST e1 3 - - -");
        told("g n1 OVERRUN e1 3 2 e1 5");
        violated("G2", "of a log that was over");
    }

    @Test
    void takesThatWhatIsMissingOfASuccessorIsAmongAllThatMayBe() {
        resumesAfterARestart();
        write(
                "subscription-s2",
                "x 2 190",
                "g - POSITION_UNKNOWN - - - - -",
                "g n1 PRODUCER_RESTARTED e1 3 - e2 2",
                "r");
        write("subscription-s2", "d n1 e2 2 c 1 2 h1-2");
        right();
    }

    @Test
    void takesThatAListBeginsWhereASuccessorGoesOn() {
        comesBackBehindARestart("{\"token\":\"of-before\"}");
        right();
    }

    @Test
    void noticesThatATokenDoesNotLeadToWhereASuccessorBegan() {
        comesBackBehindARestart("token");
        violated("G1", "silently, having reached 0");
    }

    private void comesBackBehindARestart(String kept) {
        given(1, 2);
        restart();
        told("g n1 PRODUCER_RESTARTED e1 3 - e2 2");
        write("subscription-s1", "t 1 " + kept + " 150", "e LEFT 151");
        write("subscription-s2", "subscription s2 t n2 b s1 1 170", "y 0 180", "d n1 e2 2 c 1 2 h1-2");
    }

    @Test
    void noticesThatWhatIsMissingOfASuccessorIsNotTold() {
        resumesAfterARestart();
        write("subscription-s2", "x 1 190", "g n1 PRODUCER_RESTARTED e1 3 - e2 2", "r", "d n1 e2 2 c 1 2 h1-2");
        violated("G1", "silently, having reached 0");
    }

    @Test
    void noticesThatAnEndIsToldTwice() {
        write("members-n2", "removed 11 140");
        given(1, 2);
        told("g n1 PRODUCER_LOST e1 3 - - -");
        told("g n1 PRODUCER_LOST e1 3 - - -");
        violated("G2", "told again that it ended");
    }

    @Test
    void noticesThatAnIncarnationIsToldAsLostOnceMoreThatWasNoMemberAnyMore() {
        resumesInAnotherCluster("up 44 155");
        write("members-n2", "removed 11 185");
        write("subscription-s3", "subscription s3 t n2 b s2 1 190", "y 0 191", "t 1 token 192", "e CANCELLED 193");
        write("subscription-s4", "subscription s4 t n2 b s3 1 200", "y 0 201");
        write("subscription-s4", "x 1 210", "g n1 PRODUCER_LOST e1 3 - - -", "r");
        violated("G2", "told again that it ended");
    }

    @Test
    void noticesThatAProducerLeavesTwice() {
        given(1, 2, 3, 4, 5);
        write("subscription-s1", "l n1 e1 5", "l n1 e1 5");
        violated("G2", "of a log that was over");
    }

    @Test
    void noticesOneMessageAtTwoPlaces() {
        given(1, 2, 3, 4, 5);
        write("publisher-t-n1-a", "p 1 4 h1-4 106");
        write("subscription-s1", "d n1 e1 6 a 1 3 h1-3");
        violated("G2", "stands at 3 and 6");
    }

    @Test
    void noticesOtherContent() {
        write("subscription-s1", "d n1 e1 1 a 1 1 h9");
        violated("G3", "never published");
    }

    @Test
    void noticesASuccessorThatIsAnotherNode() {
        given(1);
        write("publisher-t-n3-x", "publisher t n3 127.0.0.1:3 x 62");
        publish("publisher-t-n3-x", "e9", 1, 1, 1, 70);
        told("g n1 PRODUCER_RESTARTED e1 2 - e9 1");
        violated("G3", "by another name");
    }

    @Test
    void noticesAGapOfAnotherNodesLog() {
        given(1);
        told("g n2 OVERRUN e1 2 3 e1 5");
        violated("G3", "by another name");
    }

    @Test
    void noticesTwoMessagesAtOnePlace() {
        write("subscription-s1", "d n1 e1 1 a 1 2 h1-2");
        violated("G3", "at 1");
    }

    @Test
    void noticesAMessageThatWasRefused() {
        write("publisher-t-n1-a", "p 1 4 h1-4 106", "f 1 4 PublishTimeout");
        given(1, 2, 3, 4, 5);
        write("subscription-s1", "d n1 e1 6 a 1 4 h1-4");
        violated("G3", "was refused");
    }

    @Test
    void noticesAHoleInALog() {
        publishAt7();
        violated("G3", "nothing at 6");
    }

    private void publishAt7() {
        write("publisher-t-n1-a", "p 1 4 h1-4 106", "p 1 5 h1-5 107");
        write("publisher-t-n1-a", "a 1 5 e1 7", "f 1 4 PublishTimeout");
    }

    @Test
    void noticesASilentStart() {
        given(3);
        violated("G1", "n1/e1:1 (G4)");
    }

    @Test
    void noticesWhatNeverArrives() {
        given(1, 2, 3, 4);
        violated("G6", "n1/e1:5");
    }

    @Test
    void noticesAProducerOfWhichNothingEverArrives() {
        violated("G6", "n1/e1:1 (G4)");
    }

    @Test
    void noticesAnIncarnationBetweenATokenAndItsResumption() {
        aToolBehindTheToken();
        violated("G6", "tool/e3:1 (G4)");
    }

    @Test
    void noticesThatAnIncarnationBetweenATokenAndItsResumptionIsToldInPart() {
        aToolBehindTheToken();
        write("subscription-s2", "x 1 200", "g tool PRODUCER_LOST e3 1 1 - -", "r");
        violated("G6", "tool/e3:2");
    }

    /** It stands in a log that goes on, and is told at 200 that anything may be missing. */
    private void isToldOfNobodyWhereN1GoesOn() {
        given(1, 2);
        write("subscription-s1", "t 1 token 150", "e CANCELLED 160");
        write("subscription-s2", "subscription s2 t n2 b s1 1 170", "y 0 180");
        write("subscription-s2", "x 1 200", "g - POSITION_UNKNOWN - - - - -", "r");
        publish("publisher-t-n1-a", "e1", 1, 4, 6, 205);
        publish("publisher-t-n1-a", "e1", 1, 5, 7, 206);
    }

    @Test
    void takesThatALogGoesOnBehindAnythingThatMayBeMissed() {
        isToldOfNobodyWhereN1GoesOn();
        write("subscription-s2", "d n1 e1 6 a 1 4 h1-4", "d n1 e1 7 a 1 5 h1-5");
        right();
    }

    @Test
    void noticesThatALogDoesNotGoOnBehindAnythingThatMayBeMissed() {
        isToldOfNobodyWhereN1GoesOn();
        violated("G6", "n1/e1:6");
    }

    @Test
    void noticesWhatIsPassedOverOfWhatCameLaterThanAnythingThatMayBeMissed() {
        isToldOfNobodyWhereN1GoesOn();
        write("subscription-s2", "d n1 e1 7 a 1 5 h1-5");
        violated("G1", "n1/e1:6");
    }

    @Test
    void noticesWhatIsPassedOverLaterBehindAnythingThatMayBeMissed() {
        isToldOfNobodyWhereN1GoesOn();
        write("subscription-s2", "d n1 e1 3 a 1 3 h1-3", "d n1 e1 6 a 1 4 h1-4");
        violated("G1", "silently, having reached 3");
    }

    @Test
    void noticesThatAnIncarnationDoesNotGoOnThatWasToldAsLostInAnotherCluster() {
        resumesInAnotherCluster("up 44 155");
        publish("publisher-t-n1-a", "e1", 1, 4, 6, 185);
        write("subscription-s3", "subscription s3 t n2 b s2 1 190", "y 0 195");
        violated("G6", "n1/e1:6");
    }

    private void isToldOfNobodyWhereN1WasRemovedAt(long ns, int... had) {
        given(had);
        write("subscription-s1", "t 1 token 150", "e CANCELLED 160");
        write("faults", "over n1 165");
        write("members-n2", "removed 11 " + ns);
        write("subscription-s2", "subscription s2 t n2 b s1 1 170", "y 0 180");
        write("subscription-s2", "x 1 200", "g - POSITION_UNKNOWN - - - - -", "r");
    }

    @Test
    void takesThatAnEndIsAmongAnythingThatMayBeMissed() {
        isToldOfNobodyWhereN1WasRemovedAt(190, 1, 2, 3, 4, 5);
        right();
    }

    @Test
    void noticesThatAnEndIsNotToldThatCameLater() {
        isToldOfNobodyWhereN1WasRemovedAt(210, 1, 2, 3, 4, 5);
        violated("G6", "not told of the end");
    }

    @Test
    void takesThatTheLastMessagesOfAnIncarnationThatEndedAreAmongAnythingThatMayBeMissed() {
        isToldOfNobodyWhereN1WasRemovedAt(190, 1, 2);
        right();
    }

    @Test
    void takesThatASuccessorBeginsBehindAnythingThatMayBeMissed() {
        isToldOfNobodyWhereN1WasRemovedAt(190, 1, 2);
        startsAgainFor("s2");
        right();
    }

    @Test
    void noticesThatASuccessorBeginsOfOneThatEndedLater() {
        isToldOfNobodyWhereN1WasRemovedAt(210, 1, 2);
        startsAgainFor("s2");
        violated("G1", "silently, being in e1");
    }

    private void startsAgainFor(String subscription) {
        write("publisher-t-n1-c", "publisher t n1 127.0.0.1:1 c 220");
        publish("publisher-t-n1-c", "e2", 1, 1, 1, 221);
        write("subscription-" + subscription, "d n1 e2 1 c 1 1 h1-1");
    }

    @Test
    void noticesThatTheLastMessagesAreNotToldOfOneThatEndedLater() {
        isToldOfNobodyWhereN1WasRemovedAt(210, 1, 2);
        violated("G6", "not told of the end");
    }

    @Test
    void noticesThatTheEndOfAProducerIsNotTold() {
        given(1, 2, 3, 4, 5);
        write("faults", "over n1 200");
        violated("G6", "not told of the end");
    }

    @Test
    void noticesThatItNeverGetsReady() {
        write("subscription-s2", "subscription s2 t n2 b - 0 50");
        given(1, 2, 3, 4, 5);
        violated("G6", "is not ready");
    }

    @Test
    void noticesThatAReloadNeverEnds() {
        given(1, 2, 3, 4, 5);
        write("subscription-s1", "x 1 150", "g n1 PRODUCER_LOST e1 6 - - -");
        violated("G6", "is reloading");
    }

    @Test
    void noticesThatAThreadsMessagesAreOutOfOrder() {
        write("publisher-t-n1-a", "p 1 4 h1-4 106", "p 1 5 h1-5 107", "a 1 5 e1 6", "a 1 4 e1 7");
        violated("G7", "behind 7");
    }

    // ------------------------------------------------------------------------------------------

    /** The next incarnation of n1, which publishes two messages. */
    private void restart() {
        write("faults", "over n1 115");
        write("publisher-t-n1-c", "publisher t n1 127.0.0.1:1 c 120");
        publish("publisher-t-n1-c", "e2", 1, 1, 1, 121);
        publish("publisher-t-n1-c", "e2", 1, 2, 2, 122);
    }

    /** s2 resumes the token of s1, which had two messages of n1 before that was started again. */
    private void resumesAfterARestart() {
        given(1, 2);
        write("subscription-s1", "t 1 token 150", "e CANCELLED 160");
        restart();
        write("subscription-s2", "subscription s2 t n2 b s1 1 170", "y 0 180");
    }

    /** One more, with one message. */
    private void restartAgain() {
        write("faults", "over n1 125");
        write("publisher-t-n1-d", "publisher t n1 127.0.0.1:1 d 130");
        publish("publisher-t-n1-d", "e4", 1, 1, 1, 131);
    }

    /** It comes, publishes two messages and goes. s2 resumes what s1 was, and has everything else. */
    private void aToolBehindTheToken() {
        given(1, 2, 3, 4, 5);
        write("subscription-s1", "t 1 token 150", "e CANCELLED 160");
        write("members-n2", "up 33 161", "removed 33 171");
        write("members-tool", "members tool 127.0.0.1:3 t 33 160", "up 33 161");
        write("publisher-t-tool-t", "publisher t tool 127.0.0.1:3 t 162");
        publish("publisher-t-tool-t", "e3", 1, 1, 1, 163);
        publish("publisher-t-tool-t", "e3", 1, 2, 2, 164);
        write("faults", "over tool 170");
        write("subscription-s2", "subscription s2 t n2 b s1 1 180", "y 0 190");
    }

    /** s2 resumes on n3 what s1 was, is told there that n1 is lost, and has a token. */
    private void resumesInAnotherCluster(String... members) {
        given(1, 2);
        write("subscription-s1", "t 1 token 150", "e CANCELLED 151");
        write("members-n3", "members n3 127.0.0.1:4 x 44 154");
        write("members-n3", members);
        write("subscription-s2", "subscription s2 t n3 x s1 1 156", "y 0 160");
        write("subscription-s2", "x 1 170", "g n1 PRODUCER_LOST e1 3 - - -", "r", "t 1 token 180", "e CANCELLED 181");
    }

    private void publish(String journal, String epoch, int thread, long index, long sequence, long ns) {
        write(
                journal,
                "p " + thread + " " + index + " h" + thread + "-" + index + " " + ns,
                "a " + thread + " " + index + " " + epoch + " " + sequence);
    }

    /** s1 is given these of the five. */
    private void given(int... sequences) {
        for (int s : sequences) {
            int thread = s <= 3 ? 1 : 2;
            int index = s <= 3 ? s : s - 3;
            write("subscription-s1", "d n1 e1 " + s + " a " + thread + " " + index + " h" + thread + "-" + index);
        }
    }

    private void told(String... gaps) {
        write("subscription-s1", "x " + gaps.length + " 150");
        write("subscription-s1", gaps);
        write("subscription-s1", "r");
    }

    private void write(String journal, String... lines) {
        append(journal, String.join("\n", List.of(lines)) + "\n");
    }

    private void append(String journal, String text) {
        try {
            Files.writeString(
                    directory.resolve(journal + ".journal"),
                    text,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Checker read() {
        checker.read();
        checker.judge();
        return checker;
    }

    private void right() {
        assertEquals(List.of(), List.copyOf(read().violations()));
    }

    private void violated(String guarantee, String what) {
        assertTrue(
                read().violations().stream().anyMatch(v -> v.startsWith(guarantee + ":") && v.contains(what)),
                () -> checker.violations().toString());
    }
}
