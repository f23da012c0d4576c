package dev.gapless.gateway.internal.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.gateway.internal.settings.GatewaySettings;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class IdempotencyTest {
    private int published;

    private static Idempotency remembering(String retention) {
        return new Idempotency(
                new GatewaySettings(ConfigFactory.parseString("gapless.gateway.idempotency-retention = " + retention)
                        .withFallback(ConfigFactory.load())));
    }

    private CompletableFuture<HttpAnswer> request(Idempotency idempotency, CompletableFuture<HttpAnswer> answer) {
        return idempotency.answer(
                "t",
                "k",
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
