package dev.gapless.bench.process;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.MessageHandler;
import dev.gapless.Reload;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Counts the messages of all subscriptions that have it, and keeps what is wrong: a message that is missed. */
final class Counting implements MessageHandler<byte[]> {
    final AtomicLong got = new AtomicLong();
    final AtomicReference<@Nullable String> problem = new AtomicReference<>();

    @Override
    public void onMessage(Delivery<byte[]> delivery) {
        got.incrementAndGet();
    }

    @Override
    public CompletionStage<Reload> onCursorExpired(CursorExpired<byte[]> expired) {
        problem.set("a subscription was told of " + expired.gaps());
        return CompletableFuture.completedFuture(Reload.done());
    }
}
