package dev.gapless.multijvm.node;

import dev.gapless.Reload;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Reloads that take as long as a test wants them to, and fail as often. */
final class ReloadGate {
    private final List<CompletableFuture<Reload>> held = new ArrayList<>();
    private boolean holding;
    private int failuresLeft;

    ReloadGate(boolean holding, int failuresLeft) {
        this.holding = holding;
        this.failuresLeft = failuresLeft;
    }

    synchronized CompletableFuture<Reload> begin() {
        CompletableFuture<Reload> reload = new CompletableFuture<>();
        if (failuresLeft > 0) {
            failuresLeft--;
            reload.completeExceptionally(new IllegalStateException("The source of truth is away"));
        } else if (holding) {
            held.add(reload);
        } else {
            reload.complete(Reload.done());
        }
        return reload;
    }

    /** Those that are held succeed, and all that follow. */
    void release() {
        List<CompletableFuture<Reload>> released;
        synchronized (this) {
            holding = false;
            released = List.copyOf(held);
            held.clear();
        }
        released.forEach(reload -> reload.complete(Reload.done()));
    }
}
