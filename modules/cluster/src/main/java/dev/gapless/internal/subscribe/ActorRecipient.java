package dev.gapless.internal.subscribe;

import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.Event;
import dev.gapless.OnFailure;
import dev.gapless.Unconfirmed;
import dev.gapless.internal.fence.Fence;
import dev.gapless.internal.trace.Handling;
import dev.gapless.internal.trace.Tracing;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** An actor: a window of events at once, each until it is confirmed. */
public final class ActorRecipient<T, M> implements Recipient<T> {
    private final Tracing tracing;
    private final ActorRef<M> actor;
    private final Function<Unconfirmed<T>, ? extends M> wrap;
    private final int window;

    public ActorRecipient(Tracing tracing, ActorRef<M> actor, Function<Unconfirmed<T>, ? extends M> wrap, int window) {
        this.tracing = tracing;
        this.actor = actor;
        this.wrap = wrap;
        this.window = window;
    }

    @Override
    public int window() {
        return window;
    }

    @Override
    public @Nullable Outcome give(Event<T> event, long number, Receipts receipts) {
        return tell(
                new Unconfirmed<>(event, (reload, failure) -> receipts.settled(number, new Outcome(reload, failure))));
    }

    private @Nullable Outcome tell(Unconfirmed<T> unconfirmed) {
        Handling passing = unconfirmed.event() instanceof Delivery<T> delivery ? tracing.pass(delivery) : Handling.NONE;
        try {
            return Fence.<@Nullable Outcome>call(
                    () -> {
                        actor.tell(wrap.apply(unconfirmed));
                        return null;
                    },
                    Outcome::failed);
        } finally {
            passing.leave();
        }
    }

    @Override
    public OnFailure failed(Event<T> event, Throwable cause) {
        return OnFailure.STOP;
    }

    @Override
    public void ended(Ended<T> ended) {
        var unused = tell(new Unconfirmed<>(ended, (reload, failure) -> {}));
    }

    @Override
    public ActorRef<?> owner() {
        return actor;
    }
}
