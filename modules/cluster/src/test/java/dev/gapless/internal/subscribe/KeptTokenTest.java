package dev.gapless.internal.subscribe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.StartFrom;
import dev.gapless.core.Backoff;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import dev.gapless.core.named.KeptTokenSettings;
import dev.gapless.internal.store.TokenStore;
import dev.gapless.internal.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What is wanted of a store and of a subscription is carried out; KeptTokenStateTest shows what is wanted. */
class KeptTokenTest implements TokenStore, KeptToken.Timer, Clock {
    private static final long INTERVAL_MS = 1_000;
    private static final long TIMEOUT_MS = 10_000;
    private static final long MS = 1_000_000;

    private final KeptToken kept = new KeptToken(
            new KeptTokenSettings("t", "billing", "c", INTERVAL_MS * MS, TIMEOUT_MS * MS, new Backoff(MS, MS)),
            this,
            this,
            this);

    private final Queue<CompletableFuture<String>> opens = new ArrayDeque<>();
    private final Queue<CompletableFuture<Boolean>> stores = new ArrayDeque<>();
    private final List<UUID> owners = new ArrayList<>();
    private final List<Long> stored = new ArrayList<>();
    private final List<Duration> within = new ArrayList<>();
    private final List<StartFrom> begun = new ArrayList<>();
    private final List<RuntimeException> refused = new ArrayList<>();
    private final List<RuntimeException> takenOver = new ArrayList<>();
    private final List<Alarm> alarms = new ArrayList<>();
    private long nowMs = 1_000_000;
    private long at = 1;
    private boolean answersAtOnce;
    private boolean ready;
    private boolean over;
    private boolean isNodeOver;

    private record Alarm(long atNs, Runnable what) {}

    @Override
    public CompletionStage<String> open(Name name, UUID owner, Duration time) {
        assertEquals(new Name("t", "billing"), name);
        owners.add(owner);
        CompletableFuture<String> answer = new CompletableFuture<>();
        opens.add(answer);
        return answer;
    }

    @Override
    public CompletionStage<Boolean> store(Name name, UUID owner, long number, String token, Duration time) {
        owners.add(owner);
        stored.add(CursorToken.parse(token).entries().get(0).sequence());
        within.add(time);
        if (answersAtOnce) {
            return CompletableFuture.completedFuture(true);
        }
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        stores.add(answer);
        return answer;
    }

    @Override
    public boolean after(Duration time, Runnable what) {
        if (!isNodeOver) {
            alarms.add(new Alarm(ns() + time.toNanos(), what));
        }
        return !isNodeOver;
    }

    @Override
    public long ms() {
        return nowMs;
    }

    @Override
    public long ns() {
        return nowMs * MS;
    }

    private void pass(long ms) {
        long untilMs = nowMs + ms;
        while (nowMs < untilMs) {
            nowMs++;
            List<Alarm> due =
                    alarms.stream().filter(alarm -> alarm.atNs() <= ns()).toList();
            alarms.removeAll(due);
            due.forEach(alarm -> alarm.what().run());
        }
    }

    private static CursorToken token(long sequence) {
        return new CursorToken("t", "c", 5, Map.of("p", new Position(new Epoch(7), sequence)));
    }

    private void opened(String found) {
        kept.open(StartFrom.latest(), begun::add, refused::add, takenOver::add);
        opens.remove().complete(found);
    }

    private void begin() {
        kept.begin(() -> token(at), () -> ready = true);
    }

    /** It is ready, and its first token is stored. */
    private void keeps() {
        opened("");
        begin();
        stores.remove().complete(true);
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
    void twoSubscriptionsOfOneNameAreTwoOwnersAndOneIsItsOwnAllTheTime() {
        keeps();
        pass(60_000);
        assertTrue(owners.size() > 2);
        assertEquals(1, owners.stream().distinct().count());
        KeptTokenTest other = new KeptTokenTest();
        other.opened("");
        assertNotEquals(owners.get(0), other.owners.get(0));
    }

    @Test
    void isReadyOnceTheFirstTokenIsStored() {
        opened("");
        assertFalse(kept.isOpening());
        begin();
        assertEquals(List.of(1L), stored);
        assertFalse(ready);
        stores.remove().completeExceptionally(new IllegalStateException("disk full"));
        assertFalse(ready, "it may not be stored");
        pass(1);
        stores.remove().complete(true);
        assertTrue(ready);
        assertEquals(Duration.ofMillis(TIMEOUT_MS), within.get(0));
    }

    @Test
    void saysWhatIsWrongAndSinceWhen() {
        keeps();
        Instant first = Instant.ofEpochMilli(nowMs);
        assertEquals(first, kept.status().stored());
        at = 2;
        pass(INTERVAL_MS);
        pass(1_000);
        stores.remove().completeExceptionally(new IllegalStateException("disk full"));
        Instant since = Instant.ofEpochMilli(nowMs);
        assertEquals("disk full", kept.status().problem());
        pass(1);
        stores.remove().completeExceptionally(new IllegalStateException());
        assertEquals("java.lang.IllegalStateException", kept.status().problem());
        assertEquals(since, kept.status().failingSince());
        assertEquals(first, kept.status().stored());
        pass(1);
        stores.remove().complete(true);
        assertNull(kept.status().problem());
        assertNull(kept.status().failingSince());
    }

    @Test
    void aStoreThatDoesNotAnswerIsAskedAgainAndOneThatAnswersAtOnceIsAskedInTime() {
        opened("");
        begin();
        pass(TIMEOUT_MS);
        assertTrue(String.valueOf(kept.status().problem()).contains("store-timeout"));
        answersAtOnce = true;
        pass(1);
        assertTrue(ready);
        at = 2;
        pass(INTERVAL_MS);
        at = 3;
        pass(INTERVAL_MS);
        assertEquals(List.of(1L, 1L, 2L, 3L), stored);
    }

    @Test
    void fewAlarmsAreSet() {
        opened("");
        answersAtOnce = true;
        begin();
        for (int i = 0; i < 100; i++) {
            at++;
            pass(INTERVAL_MS);
            assertTrue(alarms.size() <= 3, "there are " + alarms.size());
        }
        assertEquals(101, stored.size());
    }

    @Test
    void endsWhenAnotherOneHasTheNameAndStoresNothingMore() {
        keeps();
        at = 2;
        pass(INTERVAL_MS);
        stores.remove().complete(false);
        assertEquals(1, takenOver.size());
        assertTrue(takenOver.get(0).getMessage().contains("billing"), takenOver::toString);
        kept.end(token(3), () -> over = true);
        assertTrue(over);
        assertEquals(List.of(1L, 2L), stored);
    }

    @Test
    void ifAnotherOneHasTheNameAtTheEndNobodyIsToldThatItEndsForThat() {
        keeps();
        kept.end(token(5), () -> over = true);
        stores.remove().complete(false);
        assertTrue(over);
        assertEquals(List.of(), takenOver);
    }

    @Test
    void storesTheLastOneAndIsOverThen() {
        keeps();
        kept.end(token(5), () -> over = true);
        assertFalse(over);
        assertFalse(kept.over().toCompletableFuture().isDone());
        stores.remove().complete(true);
        assertTrue(over);
        assertEquals(List.of(1L, 5L), stored);
        assertTrue(kept.over().toCompletableFuture().isDone());
    }

    @Test
    void isOverThoughTheLastOneIsNeverAnswered() {
        keeps();
        kept.end(token(5), () -> over = true);
        pass(TIMEOUT_MS - 1);
        assertFalse(over);
        pass(1);
        assertTrue(over);
    }

    @Test
    void doesNotWaitForTheLastOneWhenNothingIsTriedAgain() {
        keeps();
        kept.end(token(5), () -> over = true);
        isNodeOver = true;
        stores.remove().completeExceptionally(new IllegalStateException("disk full"));
        assertTrue(over);
    }

    @Test
    void isNotOpenedOnceItEnds() {
        kept.open(StartFrom.latest(), begun::add, refused::add, takenOver::add);
        assertTrue(kept.over().toCompletableFuture().isDone(), "nothing is to be stored");
        kept.ending();
        opens.remove().complete("");
        assertTrue(begun.isEmpty());
    }

    @Test
    void aTokenThatCannotBeReadEndsIt() {
        opened("nonsense");
        assertTrue(begun.isEmpty());
        assertTrue(refused.get(0).getMessage().contains("journal drop --subscription"), refused::toString);
        assertTrue(kept.over().toCompletableFuture().isDone());
    }
}
