package dev.gapless.internal.subscribe;

import dev.gapless.Ended;
import dev.gapless.Ready;
import dev.gapless.core.subscription.SubscriptionState;
import dev.gapless.internal.measure.SubscriptionStats;
import dev.gapless.internal.time.Wakeup;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Between the place where a subscription is read and those who have something to tell it: the consumer's shard, and whoever holds
 * the subscription. Thread-safe.
 */
final class SubscriptionLink implements SubscriptionListener, SubscriptionHandle.Controls {
    private final SubscriptionHandle handle;
    private final Wakeup wakeup;
    private final Consumer<Cue> place;

    private SubscriptionLink(SubscriptionHandle handle, Wakeup wakeup, Consumer<Cue> place) {
        this.handle = handle;
        this.wakeup = wakeup;
        this.place = place;
    }

    /** From now on the handle controls what is read at this place, which is told on any thread. */
    static SubscriptionLink of(SubscriptionHandle handle, Wakeup wakeup, Consumer<Cue> place) {
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
        place.accept(new Cue.Opened(state, feedback));
    }

    @Override
    public void wake() {
        if (wakeup.claim()) {
            place.accept(Cue.Plain.LOOK);
        }
    }

    @Override
    public void ready(Set<String> silent) {
        handle.ready(new Ready(silent));
    }

    @Override
    public void shutdown() {
        place.accept(new Cue.Ending(Ended.Reason.SHUTDOWN, null));
    }

    @Override
    public void refused(RuntimeException cause) {
        place.accept(new Cue.Ending(Ended.Reason.FAILED, cause));
    }

    @Override
    public void cancelled() {
        place.accept(new Cue.Ending(Ended.Reason.CANCELLED, null));
    }

    @Override
    public void resumed() {
        wake();
    }
}
