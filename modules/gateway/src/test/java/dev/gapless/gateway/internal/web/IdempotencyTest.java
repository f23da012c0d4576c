package dev.gapless.gateway.internal.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import dev.gapless.gateway.internal.budget.Budget;
import dev.gapless.gateway.internal.budget.Share;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.gateway.internal.settings.GatewaySettings;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class IdempotencyTest {
    private int published;

    private static Idempotency remembering(String retention) {
        return remembering(retention, Budget.unbounded());
    }

    private static Idempotency remembering(String retention, Budget budget) {
        return new Idempotency(
                new GatewaySettings(ConfigFactory.parseString("gapless.gateway.idempotency-retention = " + retention)
                        .withFallback(ConfigFactory.load())),
                budget);
    }

    private CompletableFuture<HttpAnswer> request(Idempotency idempotency, CompletableFuture<HttpAnswer> answer) {
        return request(idempotency, "k", answer);
    }

    private CompletableFuture<HttpAnswer> request(
            Idempotency idempotency, String key, CompletableFuture<HttpAnswer> answer) {
        return idempotency.answer(
                "t",
                key,
                new RequestDigest(""),
                () -> {
                    published++;
                    return answer;
                },
                first -> CompletableFuture.completedFuture(true));
    }

    private static HttpAnswer ok() {
        return HttpAnswer.ok(PayloadJson.JSON.createObjectNode());
    }

    @Test
    void whoComesAgainWhileTheFirstIsUnderWayGetsItsAnswer() {
        Idempotency idempotency = remembering("10m");
        CompletableFuture<HttpAnswer> underWay = new CompletableFuture<>();
        CompletableFuture<HttpAnswer> first = request(idempotency, underWay);
        CompletableFuture<HttpAnswer> again = request(idempotency, CompletableFuture.completedFuture(ok()));
        assertFalse(again.isDone());
        underWay.complete(ok());
        assertSame(first.join(), again.join());
        assertEquals(1, published);
    }

    @Test
    void answersHaveWhatNobodyElseWantsAndTheOldestYieldFirst() {
        Budget budget = new Budget(100_000, 0, Map.of());
        Idempotency idempotency = remembering("10m", budget);
        for (int i = 0; i < 1_000; i++) {
            request(idempotency, "k" + i, CompletableFuture.completedFuture(ok()))
                    .join();
        }
        long alone = budget.bytes(Share.ANSWERS);
        assertTrue(alone > 90_000 && alone <= 100_000, () -> "bytes: " + alone);
        assertTrue(budget.exactAccount(Share.HEADS, "a").add(50_000));
        assertTrue(budget.bytes(Share.ANSWERS) <= 50_000);
        assertTrue(budget.bytes(Share.ANSWERS) > 40_000);
        request(idempotency, "k999", CompletableFuture.completedFuture(ok())).join();
        assertEquals(1_000, published, "the newest is there");
        request(idempotency, "k0", CompletableFuture.completedFuture(ok())).join();
        assertEquals(1_001, published, "the oldest is not");
    }

    @Test
    void aKeyThatIsForgottenDoesNotCountAnyMore() {
        Budget budget = Budget.unbounded();
        Idempotency idempotency = remembering("10m", budget);
        CompletableFuture<HttpAnswer> underWay = new CompletableFuture<>();
        var unused = request(idempotency, underWay);
        assertTrue(budget.bytes(Share.ANSWERS) > 0);
        underWay.completeExceptionally(new IllegalStateException("nothing was published"));
        assertEquals(0, budget.bytes(Share.ANSWERS));
    }

    @Test
    void aKeyIsForgottenAfterItsTime() {
        Idempotency idempotency = remembering("10ms");
        long untilNs = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (published < 2) {
            assertTrue(System.nanoTime() - untilNs < 0, "it is remembered for ever");
            request(idempotency, CompletableFuture.completedFuture(ok())).join();
            LockSupport.parkNanos(1_000_000);
        }
    }
}
