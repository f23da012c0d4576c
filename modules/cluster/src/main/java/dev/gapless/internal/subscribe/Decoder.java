package dev.gapless.internal.subscribe;

import dev.gapless.Topic;
import dev.gapless.core.Epoch;
import dev.gapless.core.log.Slice;
import dev.gapless.internal.wire.Codec;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the messages of a node's subscriptions. Where a topic says that its messages may be shared, it keeps what one subscription has
 * decoded for the others: a bounded number, of all topics together; a later message takes the place of an earlier one. Thread-safe.
 */
public final class Decoder {
    private final Codec codec;
    private final AtomicReferenceArray<@Nullable Shared> shared;

    private record Shared(String topic, Epoch epoch, long sequence, Object message) {
        boolean is(Topic<?> topicRead, Epoch epochRead, long sequenceRead) {
            return sequence == sequenceRead
                    && epoch.equals(epochRead)
                    && topic.equals(topicRead.name())
                    && topicRead.type().isInstance(message);
        }
    }

    /** Keeps at most so many messages to share. */
    public Decoder(Codec codec, int mostShared) {
        this.codec = codec;
        this.shared = new AtomicReferenceArray<>(mostShared);
    }

    /** The message of this number, which is at that position. Throws what {@link Codec#decode} throws: that is not kept. */
    <T> T decode(Topic<T> topic, Epoch epoch, long sequence, Slice slice, int i) throws Exception {
        if (!topic.sharedMessages() || shared.length() == 0) {
            return codec.decode(topic, slice, i);
        }
        int slot = Math.floorMod(
                epoch.id() + sequence, shared.length()); // so that a log's latest messages have slots of their own
        Shared known = shared.get(slot);
        if (known != null && known.is(topic, epoch, sequence)) {
            return topic.type().cast(known.message());
        }
        T message = codec.decode(topic, slice, i);
        if (topic.shares(message)) { // of a topic whose class is above its messages'
            shared.set(slot, new Shared(topic.name(), epoch, sequence, message));
        }
        return message;
    }
}
