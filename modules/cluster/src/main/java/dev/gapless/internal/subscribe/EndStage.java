package dev.gapless.internal.subscribe;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The end of a subscription, or what follows from it. A handler of that subscription would wait for itself: it is told so at once. Thread-safe.
 */
final class EndStage<T> extends CompletableFuture<T> {
    private final Runnable check;

    /** @param check throws IllegalStateException on a thread that cannot wait for the end */
    EndStage(Runnable check) {
        this.check = check;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new EndStage<>(check);
    }

    @Override
    public T join() {
        checkAwaitable();
        return super.join();
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        checkAwaitable();
        return super.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        checkAwaitable();
        return super.get(timeout, unit);
    }

    private void checkAwaitable() {
        if (!isDone()) {
            check.run();
        }
    }
}
