package dev.gapless.internal.subscribe;

import dev.gapless.Reload;
import dev.gapless.internal.fence.Fence;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What becomes of an event whose handler returned a stage. What has completed already needs no way round. Thread-safe. */
final class Settlement {
    /** Whoever gave the event waits for the receipts. */
    private static final Outcome AWAITED = new Outcome(null, null);

    private final long number;
    private final Recipient.Receipts receipts;
    private final AtomicReference<@Nullable Outcome> outcome = new AtomicReference<>();

    Settlement(long number, Recipient.Receipts receipts) {
        this.number = number;
        this.receipts = receipts;
    }

    /**
     * {@return what became of it, or null if the receipts will be told}
     *
     * @param what names the stage
     */
    @Nullable Outcome of(@Nullable CompletionStage<?> stage, String what) {
        Fence.whenComplete(stage, what, (value, failure) -> {
            Outcome settled = failure != null ? Outcome.failed(failure) : value(value);
            if (!outcome.compareAndSet(null, settled)) {
                receipts.settled(number, settled);
            }
        });
        return outcome.getAndSet(AWAITED);
    }

    private static Outcome value(@Nullable Object value) {
        return value instanceof Reload reload ? Outcome.reloaded(reload) : Outcome.DONE;
    }
}
