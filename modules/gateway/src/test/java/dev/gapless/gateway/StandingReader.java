package dev.gapless.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.MessageHandler;
import dev.gapless.Reload;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A reader that stands at its first message until it may go on. */
final class StandingReader implements MessageHandler<JsonNode> {
    private final CountDownLatch goesOn = new CountDownLatch(1);

    /** From now on it reads. */
    void goOn() {
        goesOn.countDown();
    }

    @Override
    public void onMessage(Delivery<JsonNode> delivery) throws InterruptedException {
        goesOn.await(TestGateway.DEADLINE.toSeconds() * 5, TimeUnit.SECONDS);
    }

    @Override
    public CompletionStage<Reload> onCursorExpired(CursorExpired<JsonNode> expired) {
        return CompletableFuture.completedFuture(Reload.done());
    }
}
