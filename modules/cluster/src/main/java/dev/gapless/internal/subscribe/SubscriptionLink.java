package dev.gapless.internal.subscribe;

import dev.gapless.Ended;
import dev.gapless.Ready;
import dev.gapless.core.subscription.SubscriptionState;
import dev.gapless.internal.measure.SubscriptionStats;
import dev.gapless.internal.time.Wakeup;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Between the place where a subscription is read and those who have something to tell it: the consumer's shard, and whoever holds
 * the subscription. Thread-safe.
 */
final class SubscriptionLink implements SubscriptionListener, SubscriptionHandle.Controls {
    private final SubscriptionHandle handle;
    private final Wakeup wakeup;
    private final Place place;

    /** Where a subscription is read. Told on any thread; whatever it does, it does there. */
    interface Place {
        void opened(SubscriptionState state, Feedback.Sink feedback);

        /** There may be something to do. */
        void look();

        void end(Ended.Reason reason, @Nullable Throwable cause);
    }

    private SubscriptionLink(SubscriptionHandle handle, Wakeup wakeup, Place place) {
        this.handle = handle;
        this.wakeup = wakeup;
        this.place = place;
    }

    /** From now on the handle controls what is read there. */
    static SubscriptionLink of(SubscriptionHandle handle, Wakeup wakeup, Place place) {
        SubscriptionLink link = new SubscriptionLink(handle, wakeup, place);
        handle.controlBy(link);
        return link;
    }

    @Override
    public SubscriptionStats stats() {
        return handle.stats();
    }

    @Override
    public void opened(SubscriptionState state, Feedback.Sink feedback) {
        place.opened(state, feedback);
    }

    @Override
    public void wake() {
        if (wakeup.claim()) {
            place.look();
        }
    }

    @Override
    public void ready(Set<String> silent) {
        handle.ready(new Ready(silent));
    }

    @Override
    public void shutdown() {
        place.end(Ended.Reason.SHUTDOWN, null);
    }

    @Override
    public void refused(RuntimeException cause) {
        place.end(Ended.Reason.FAILED, cause);
    }

    @Override
    public void cancelled() {
        place.end(Ended.Reason.CANCELLED, null);
    }

    @Override
    public void resumed() {
        wake();
    }
}
