package dev.gapless.internal.table;

import dev.gapless.Event;
import dev.gapless.OnFailure;
import dev.gapless.internal.subscribe.Recipient;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** Takes one event after the other, belongs to no actor, and never fails at one. */
abstract class OneAtATime<T> implements Recipient<T> {
    @Override
    public final int window() {
        return 1;
    }

    @Override
    public final OnFailure failed(Event<T> event, Throwable cause) {
        return OnFailure.STOP; // no event ever has
    }

    @Override
    public final @Nullable ActorRef<?> owner() {
        return null;
    }
}
