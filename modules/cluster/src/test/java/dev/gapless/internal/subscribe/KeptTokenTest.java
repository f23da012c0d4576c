package dev.gapless.internal.subscribe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.StartFrom;
import dev.gapless.core.Backoff;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import dev.gapless.internal.store.TokenStore;
import dev.gapless.internal.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When the token of a named subscription is stored, with a store that answers when the test says so. */
class KeptTokenTest implements TokenStore, KeptToken.Timer, Clock {
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Duration TIMEOUT = Duration.ofMinutes(10); // nothing ends by itself here

    private final KeptToken kept = new KeptToken(
            new TokenStore.Name("t", "billing"),
            "c",
            this,
            new KeptToken.Settings(INTERVAL, TIMEOUT, new Backoff(100_000_000, 200_000_000)),
            this,
            this);

    private final Queue<CompletableFuture<String>> opens = new ArrayDeque<>();
    private final Queue<CompletableFuture<Boolean>> stores = new ArrayDeque<>();
    private final List<Long> stored = new ArrayList<>();
    private final List<Long> numbers = new ArrayList<>();
    private final List<StartFrom> begun = new ArrayList<>();
    private final List<RuntimeException> refused = new ArrayList<>();
    private final List<RuntimeException> takenOver = new ArrayList<>();
    private @Nullable Runnable next;
    private @Nullable Duration wait;
    private long nowMs = 1_000_000;
    private long at = 1;
    private boolean ready;
    private boolean over;
    private boolean isNodeOver;

    @Override
    public CompletionStage<String> open(Name name, UUID owner, Duration within) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        opens.add(answer);
        return answer;
    }

    @Override
    public CompletionStage<Boolean> store(Name name, UUID owner, long number, String token, Duration within) {
        stored.add(CursorToken.parse(token).entries().get(0).sequence());
        numbers.add(number);
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        stores.add(answer);
        return answer;
    }

    @Override
    public boolean after(Duration time, Runnable what) {
        wait = time;
        next = what;
        return !isNodeOver;
    }

    @Override
    public long ms() {
        return nowMs;
    }

    @Override
    public long ns() {
        return nowMs * 1_000_000;
    }

    private static CursorToken token(long sequence) {
        return new CursorToken("t", "c", 5, Map.of("p", new Position(new Epoch(7), sequence)));
    }

    private void open() {
        kept.open(StartFrom.latest(), begun::add, refused::add, takenOver::add);
    }

    private void opened(String found) {
        open();
        opens.remove().complete(found);
    }

    private void begin() {
        kept.begin(() -> token(at), () -> ready = true);
    }

    /** It is ready, and its first token is stored. */
    private void keeps() {
        opened("");
        begin();
        answer(true);
    }

    private void answer(boolean isOwner) {
        stores.remove().complete(isOwner);
    }

    private void fail() {
        stores.remove().completeExceptionally(new IllegalStateException("disk full"));
    }

    private void time() {
        Runnable due = next;
        next = null;
        if (due != null) {
            due.run();
        }
    }

    @Test
    void beginsAsItsStartSaysIfThereIsNoTokenAndElseWhereThatIs() {
        opened("");
        assertEquals(List.of(StartFrom.latest()), begun);
        KeptTokenTest other = new KeptTokenTest();
        other.opened(token(41).toString());
        StartFrom.Resume resume = assertInstanceOf(StartFrom.Resume.class, other.begun.get(0));
        assertEquals(token(41), resume.token());
    }

    @Test
    void isReadyOnceTheFirstTokenIsStored() {
        opened("");
        begin();
        assertEquals(List.of(1L), stored);
        assertFalse(ready);
        fail();
        assertFalse(ready, "it may not be stored");
        time();
        answer(true);
        assertTrue(ready);
    }

    @Test
    void storesAnotherOneAfterTheIntervalIfItHasGotFurther() {
        keeps();
        assertEquals(INTERVAL, wait);
        time();
        assertEquals(List.of(1L), stored, "it stands where it stood");
        at = 9;
        time();
        assertEquals(List.of(1L, 9L), stored);
        assertNull(next, "one at a time");
    }

    @Test
    void storesAnewAfterAMinuteThoughItStandsStill() {
        keeps();
        nowMs += 60_000;
        time();
        assertEquals(List.of(1L, 1L), stored);
    }

    @Test
    void whatCouldNotBeStoredIsNotStoredAgainButWhereItIsByThen() {
        keeps();
        at = 2;
        time();
        fail();
        assertEquals("disk full", kept.status().problem());
        assertTrue(kept.status().failingSince() != null && kept.status().stored() != null);
        assertEquals(Duration.ofMillis(100), wait);
        at = 3;
        time();
        fail();
        assertEquals(Duration.ofMillis(200), wait);
        time();
        answer(true);
        assertEquals(List.of(1L, 2L, 3L, 3L), stored);
        assertEquals(List.of(1L, 2L, 3L, 4L), numbers);
        assertNull(kept.status().problem());
        assertTrue(takenOver.isEmpty());
    }

    @Test
    void endsWhenAnotherOneHasTheNameAndStoresNothingMore() {
        keeps();
        at = 2;
        time();
        answer(false);
        assertEquals(1, takenOver.size());
        assertTrue(takenOver.get(0).getMessage().contains("billing"), takenOver::toString);
        kept.end(token(3), () -> over = true);
        assertTrue(over);
        assertEquals(List.of(1L, 2L), stored);
    }

    @Test
    void storesTheLastOneAndIsOverThen() {
        keeps();
        kept.end(token(5), () -> over = true);
        assertFalse(over);
        answer(true);
        assertTrue(over);
        assertEquals(List.of(1L, 5L), stored);
        assertTrue(kept.over().toCompletableFuture().isDone());
    }

    @Test
    void storesTheLastOneBehindTheOneThatIsUnderWay() {
        keeps();
        at = 2;
        time();
        kept.end(token(5), () -> over = true);
        assertEquals(List.of(1L, 2L), stored);
        answer(true);
        assertFalse(over);
        answer(true);
        assertTrue(over);
        assertEquals(List.of(1L, 2L, 5L), stored);
    }

    @Test
    void triesTheLastOneAgainForAWhile() {
        keeps();
        kept.end(token(5), () -> over = true);
        fail();
        assertFalse(over);
        time();
        nowMs += TIMEOUT.toMillis();
        fail();
        assertTrue(over);
        assertEquals(List.of(1L, 5L, 5L), stored);
    }

    @Test
    void doesNotWaitForTheLastOneWhenNothingIsTriedAgain() {
        keeps();
        kept.end(token(5), () -> over = true);
        isNodeOver = true;
        fail();
        assertTrue(over);
    }

    @Test
    void storesNothingIfItEndsBeforeItIsReady() {
        opened(token(41).toString());
        kept.end(token(0), () -> over = true);
        assertTrue(over);
        begin();
        assertTrue(stored.isEmpty());
    }

    @Test
    void isNotOpenedOnceItEnds() {
        open();
        kept.ending();
        opens.remove().complete("");
        assertTrue(begun.isEmpty());
        assertTrue(kept.over().toCompletableFuture().isDone());
    }

    @Test
    void isOpenedOnceTheStoreAnswers() {
        open();
        opens.remove().completeExceptionally(new IllegalStateException("no route"));
        assertEquals("no route", kept.status().problem());
        assertTrue(begun.isEmpty());
        time();
        opens.remove().complete("");
        assertEquals(1, begun.size());
        assertNull(kept.status().problem());
    }

    @Test
    void aTokenThatCannotBeReadEndsItAndNamesTheRemedy() {
        opened("nonsense");
        assertTrue(begun.isEmpty());
        assertTrue(refused.get(0).getMessage().contains("journal drop --subscription"), refused::toString);
        KeptTokenTest other = new KeptTokenTest();
        other.opened(new CursorToken("t", "elsewhere", 5, Map.of()).toString());
        assertTrue(other.refused.get(0).getMessage().contains("elsewhere"), other.refused::toString);
    }
}
