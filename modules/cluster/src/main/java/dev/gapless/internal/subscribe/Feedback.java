package dev.gapless.internal.subscribe;

import dev.gapless.core.Gap;
import dev.gapless.internal.measure.Claim;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.jspecify.annotations.Nullable;

/** What the reader of a subscription has to tell the consumer of its topic. */
public sealed interface Feedback extends NoSerializationVerificationNeeded {

    /** The subscription has freed something of a feed that was full, or asks where to read on. */
    record Room(long id) implements Feedback {}

    /**
     * The subscription is told that it missed this.
     *
     * @param client whose it is, if it is of a client outside the cluster
     * @param claimed of each gap what is that client's word alone
     */
    record Announced(long id, @Nullable String client, List<Gap> gaps, List<Claim> claimed, Keys keys)
            implements Feedback {}

    /**
     * Keys that are known of what a subscription missed.
     *
     * @param node of the message that it was given last, or null
     * @param before that message's key
     * @param last for each gap the key of the last message that it states
     */
    record Keys(@Nullable String node, @Nullable String before, List<Optional<String>> last) {}

    /** The subscription found a hole where none can be. */
    record Violated(long id) implements Feedback {}

    /**
     * Messages of another class than the topic's were left out, the last of them this one.
     *
     * @param all how many since the subscription began
     */
    record WrongClasses(long id, String node, long sequence, String why, long all) implements Feedback {}

    /** Passes them on. Thread-safe. */
    interface Sink {
        void tell(Feedback feedback);
    }
}
