package dev.gapless.testkit;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.MessageHandler;
import dev.gapless.Reload;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Takes messages and does nothing with them; what it missed it has reloaded at once. */
final class Ignoring implements MessageHandler<String> {
    @Override
    public void onMessage(Delivery<String> delivery) {}

    @Override
    public CompletionStage<Reload> onCursorExpired(CursorExpired<String> expired) {
        return CompletableFuture.completedFuture(Reload.done());
    }
}
