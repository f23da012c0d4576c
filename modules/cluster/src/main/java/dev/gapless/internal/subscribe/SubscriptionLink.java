package dev.gapless.internal.subscribe;

import dev.gapless.Ended;
import dev.gapless.Ready;
import dev.gapless.core.delivery.SubscriptionState;
import dev.gapless.internal.measure.SubscriptionStats;
import dev.gapless.internal.time.Wakeup;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Between the place where a subscription is read and those who have something to tell it: the consumer's shard, and whoever holds
 * the subscription. Thread-safe.
 */
final class SubscriptionLink implements SubscriptionListener, SubscriptionHandle.Controls {
    private final SubscriptionHandle handle;
    private final Wakeup wakeup;
    private final Consumer<Cue> place;
    private final @Nullable ShardTurn shardTurn;

    private SubscriptionLink(
            SubscriptionHandle handle, Wakeup wakeup, Consumer<Cue> place, @Nullable ShardTurn shardTurn) {
        this.handle = handle;
        this.wakeup = wakeup;
        this.place = place;
        this.shardTurn = shardTurn;
    }

    /**
     * From now on the handle controls what is read at this place, which is told on any thread.
     *
     * @param shardTurn lets the shard read it, or null
     */
    static SubscriptionLink of(
            SubscriptionHandle handle, Wakeup wakeup, Consumer<Cue> place, @Nullable ShardTurn shardTurn) {
        SubscriptionLink link = new SubscriptionLink(handle, wakeup, place, shardTurn);
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
        if (shardTurn == null || !shardTurn.tryRead()) {
            look();
        }
    }

    private void look() {
        if (wakeup.claim()) {
            place.accept(Cue.Plain.LOOK);
        }
    }

    @Override
    public void ready(Set<String> silent) {
        place.accept(
                new Cue.Positioned(new Ready(silent))); // behind what opens it: from then on its token has positions
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
    public void takenOver(RuntimeException cause) {
        place.accept(new Cue.Ending(Ended.Reason.TAKEN_OVER, cause));
    }

    @Override
    public void resumed() {
        look(); // on whatever thread that is
    }
}
