package dev.gapless.core.named;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Backoff;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Now;
import dev.gapless.core.Position;
import dev.gapless.core.named.KeptTokenEffect.Begin;
import dev.gapless.core.named.KeptTokenEffect.Failing;
import dev.gapless.core.named.KeptTokenEffect.LastNotStored;
import dev.gapless.core.named.KeptTokenEffect.Mended;
import dev.gapless.core.named.KeptTokenEffect.Open;
import dev.gapless.core.named.KeptTokenEffect.Over;
import dev.gapless.core.named.KeptTokenEffect.ReadToken;
import dev.gapless.core.named.KeptTokenEffect.Ready;
import dev.gapless.core.named.KeptTokenEffect.Refused;
import dev.gapless.core.named.KeptTokenEffect.Store;
import dev.gapless.core.named.KeptTokenEffect.TakenOver;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** When a name is opened and a token stored, and what an answer of the store means (rule S7). */
class KeptTokenStateTest {
    private static final long MS = 1_000_000;
    private static final long INTERVAL_NS = 1_000 * MS;
    private static final long TIMEOUT_NS = 10_000 * MS;

    private final KeptTokenState state = new KeptTokenState(
            new KeptTokenSettings("t", "billing", "c", INTERVAL_NS, TIMEOUT_NS, new Backoff(100 * MS, 200 * MS)));
    private long nowNs = -5; // a clock for durations begins anywhere

    private Now now() {
        return new Now(1_000_000 + nowNs / MS, nowNs);
    }

    private static CursorToken token(long sequence) {
        return new CursorToken("t", "c", 5, Map.of("p", new Position(new Epoch(7), sequence)));
    }

    private static Store store(long number, long sequence, long withinNs) {
        return new Store(number, token(sequence), withinNs);
    }

    private static void assertEffects(List<KeptTokenEffect> actual, KeptTokenEffect... expected) {
        assertEquals(List.of(expected).toString(), actual.toString());
    }

    /** The time comes at which something is due, and no sooner. */
    private List<KeptTokenEffect> due() {
        nowNs = state.dueNs() - 1;
        assertEffects(state.onTime(now()));
        nowNs++;
        return state.onTime(now());
    }

    /** It is ready, and its first token is stored at sequence 1, by request 2. */
    private void keeps() {
        state.open(now());
        state.opened(1, "", now());
        state.ready();
        state.isAt(token(1), now());
        assertEffects(state.stored(2, true, now()), new Ready());
    }

    @Test
    void beginsAsItsStartSaysIfThereIsNoTokenAndElseWhereThatIs() {
        assertEffects(state.open(now()), new Open(1, TIMEOUT_NS));
        assertEffects(state.opened(1, "", now()), new Begin(null));
        KeptTokenStateTest other = new KeptTokenStateTest();
        other.state.open(now());
        Begin begin = assertInstanceOf(
                Begin.class, other.state.opened(1, token(41).toString(), now()).get(0));
        assertEquals(token(41), begin.behind());
    }

    @Test
    void isOpenedOnceTheStoreAnswers() {
        state.open(now());
        assertEffects(state.failed(1, "no route", now()), new Failing("no route", true));
        assertEquals("no route", state.status().problem());
        assertEffects(due(), new Open(2, TIMEOUT_NS));
        assertEffects(due(), new Failing("It did not answer in time (gapless.store-timeout)", true));
        assertEffects(due(), new Open(3, TIMEOUT_NS));
        assertEffects(state.opened(2, "", now())); // its time was over
        assertEffects(state.opened(3, "", now()), new Mended(), new Begin(null));
        assertNull(state.status().problem());
        assertEquals(Long.MAX_VALUE, state.dueNs());
    }

    @Test
    void aTokenThatCannotBeReadEndsItAndNamesTheRemedy() {
        state.open(now());
        List<KeptTokenEffect> wanted = state.opened(1, "nonsense", now());
        assertTrue(assertInstanceOf(Refused.class, wanted.get(0)).why().contains("journal drop --subscription"));
        assertInstanceOf(Over.class, wanted.get(1));
        KeptTokenStateTest other = new KeptTokenStateTest();
        other.state.open(now());
        String elsewhere = new CursorToken("t", "elsewhere", 5, Map.of()).toString();
        assertTrue(assertInstanceOf(
                        Refused.class, other.state.opened(1, elsewhere, now()).get(0))
                .why()
                .contains("elsewhere"));
    }

    @Test
    void isReadyOnceTheFirstTokenIsStored() {
        state.open(now());
        state.opened(1, "", now());
        assertEffects(state.ready(), new ReadToken());
        assertEffects(state.isAt(token(1), now()), store(2, 1, TIMEOUT_NS));
        assertEffects(state.failed(2, "disk full", now()), new Failing("disk full", false));
        assertEffects(due(), new ReadToken());
        assertEffects(state.isAt(token(3), now()), store(3, 3, TIMEOUT_NS));
        assertEffects(state.stored(3, true, now()), new Ready(), new Mended());
    }

    @Test
    void storesAnotherOneAfterTheIntervalIfItHasGotFurther() {
        keeps();
        assertEquals(nowNs + INTERVAL_NS, state.dueNs());
        assertEffects(due(), new ReadToken());
        assertEffects(state.isAt(token(1), now()));
        assertEffects(due(), new ReadToken());
        assertEffects(state.isAt(token(9), now()), store(3, 9, TIMEOUT_NS));
        assertEquals(nowNs + TIMEOUT_NS, state.dueNs(), "one at a time");
    }

    @Test
    void storesAnewAfterAMinuteThoughItStandsStill() {
        keeps();
        long storedNs = nowNs;
        while (nowNs < storedNs + KeptTokenState.REFRESH_NS - INTERVAL_NS) {
            due();
            assertEffects(state.isAt(token(1), now()));
        }
        due();
        assertEffects(state.isAt(token(1), now()), store(3, 1, TIMEOUT_NS));
    }

    @Test
    void whatCouldNotBeStoredIsNotStoredAgainButWhereItIsByThen() {
        keeps();
        due();
        state.isAt(token(2), now());
        assertEffects(state.failed(3, "disk full", now()), new Failing("disk full", false));
        assertTrue(state.status().failingSinceMs().isPresent()
                && state.status().storedMs().isPresent());
        assertEquals(nowNs + 100 * MS, state.dueNs());
        assertEffects(due(), new ReadToken());
        assertEffects(state.isAt(token(3), now()), store(4, 3, TIMEOUT_NS));
        assertEffects(state.failed(4, "disk full", now())); // that is known
        assertEquals(nowNs + 200 * MS, state.dueNs());
        assertEffects(due(), new ReadToken());
        assertEffects(state.isAt(token(3), now()), store(5, 3, TIMEOUT_NS));
        assertEffects(state.stored(5, true, now()), new Mended());
        assertNull(state.status().problem());
    }

    @Test
    void whatIsNotAnsweredInTimeIsTriedAgainAndALateAnswerDoesNotCount() {
        keeps();
        due();
        state.isAt(token(2), now());
        assertEffects(due(), new Failing("It did not answer in time (gapless.store-timeout)", false));
        assertEffects(due(), new ReadToken());
        assertEffects(state.stored(3, true, now()));
        assertEffects(state.isAt(token(2), now()), store(4, 2, TIMEOUT_NS));
        assertEffects(state.failed(3, "late", now()));
        assertEffects(state.stored(3, false, now()));
        assertEffects(state.stored(4, true, now()), new Mended());
    }

    @Test
    void endsWhenAnotherOneHasTheNameAndStoresNothingMore() {
        keeps();
        due();
        state.isAt(token(2), now());
        assertEffects(state.stored(3, false, now()), new TakenOver(true), new Over());
        assertEffects(state.end(token(3), now()), new Over());
        assertEquals(Long.MAX_VALUE, state.dueNs());
    }

    @Test
    void ifAnotherOneHasTheNameAtItsEndItIsOverWithoutItsLastToken() {
        keeps();
        state.end(token(5), now());
        assertEffects(state.stored(3, false, now()), new TakenOver(false), new Over());
    }

    @Test
    void storesTheLastOneAndIsOverThen() {
        keeps();
        assertEffects(state.end(token(5), now()), store(3, 5, TIMEOUT_NS));
        assertFalse(state.isOver());
        assertEffects(state.stored(3, true, now()), new Over());
        assertTrue(state.isOver());
    }

    @Test
    void storesNothingAtTheEndIfThatIsStored() {
        keeps();
        assertEffects(state.end(token(1), now()), new Over());
    }

    @Test
    void storesTheLastOneBehindTheOneThatIsUnderWay() {
        keeps();
        due();
        state.isAt(token(2), now());
        assertEffects(state.end(token(5), now()));
        assertEffects(state.stored(3, true, now()), store(4, 5, TIMEOUT_NS));
        assertEffects(state.stored(4, true, now()), new Over());
    }

    @Test
    void aTokenThatIsReadWhileItEndsIsNotStoredInPlaceOfTheLast() {
        keeps();
        due();
        assertEffects(state.end(token(5), now()), store(3, 5, TIMEOUT_NS));
        assertEffects(state.isAt(token(4), now()));
    }

    @Test
    void triesTheLastOneAgainForAWhileAndSaysThatItIsNotStored() {
        keeps();
        long endedNs = nowNs;
        state.end(token(5), now());
        assertEffects(state.failed(3, "disk full", now()), new Failing("disk full", false));
        assertEffects(due(), store(4, 5, TIMEOUT_NS - 100 * MS));
        assertEffects(
                due(),
                new Failing("It did not answer in time (gapless.store-timeout)", false),
                new LastNotStored("It did not answer in time (gapless.store-timeout)"),
                new Over());
        assertEquals(endedNs + TIMEOUT_NS, nowNs);
        assertEffects(state.stored(4, true, now()));
    }

    @Test
    void doesNotWaitForTheLastOneWhenTheNodeIsOver() {
        keeps();
        assertEffects(state.endOfTime());
        state.end(token(5), now());
        assertEffects(state.endOfTime(), new LastNotStored("The node has ended"), new Over());
    }

    @Test
    void storesNothingIfItEndsBeforeItIsReady() {
        state.open(now());
        state.opened(1, token(41).toString(), now());
        assertEffects(state.end(token(0), now()), new Over());
        assertEffects(state.ready());
    }

    @Test
    void isNotOpenedOnceItEnds() {
        state.open(now());
        assertEffects(state.stopOpening(), new Over());
        assertEffects(state.opened(1, "", now()));
        assertEquals(Long.MAX_VALUE, state.dueNs());
    }
}
