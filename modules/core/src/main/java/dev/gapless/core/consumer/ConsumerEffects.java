package dev.gapless.core.consumer;

import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.wire.ToProducer;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a {@link TopicConsumer} wants done, in this order. */
public interface ConsumerEffects {
    /** Send it to the node with this uid. */
    void send(long toUid, ToProducer message);

    /**
     * A subscription is ready.
     *
     * @param subscription its number
     * @param silent members that did not answer in time
     */
    void ready(long subscription, Set<String> silent);

    /**
     * A feed was told that something is missed; for people.
     *
     * @param behind how far it had got, or null if it had not begun
     * @param upTo where it goes on, or null while that is open
     */
    void missed(String node, long reader, Reason reason, @Nullable Position behind, @Nullable Position upTo);
}
