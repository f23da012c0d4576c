package dev.gapless.internal.subscribe;

import dev.gapless.Ended;
import dev.gapless.Ready;
import dev.gapless.core.delivery.SubscriptionState;
import java.time.Duration;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.jspecify.annotations.Nullable;

/** What makes a {@link SubscriptionLoop} go on: a message to the actor or the stream that runs it. */
public sealed interface Cue extends NoSerializationVerificationNeeded {
    /** Those that say no more than their names. */
    enum Plain implements Cue {
        /** There may be something to do. */
        LOOK,
        /** What it wanted to wait for is over. */
        TIME
    }

    /** It wants to wait for so long: {@link Plain#TIME} is to come then, and not what was wanted before. */
    record Wait(Duration until) implements Cue {}

    /** The consumer has opened the subscription. */
    record Opened(SubscriptionState state, Feedback.Sink feedback) implements Cue {}

    /** It has a position with every member. Told to those that load first. */
    record Positioned(Ready ready) implements Cue {}

    /** The recipient has dealt with an event. */
    record Settled(long number, Outcome outcome) implements Cue {}

    /** It is to end. */
    record Ending(Ended.Reason reason, @Nullable Throwable cause) implements Cue {}
}
