package dev.gapless.internal.subscribe;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Event;
import dev.gapless.Payload;
import dev.gapless.ProducerLeft;
import dev.gapless.Topic;
import dev.gapless.Undecodable;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import dev.gapless.core.delivery.SubscriptionState;
import dev.gapless.core.log.Slice;
import dev.gapless.internal.fence.Fence;
import dev.gapless.internal.measure.SubscriptionStats;
import dev.gapless.internal.time.Clock;
import dev.gapless.internal.wire.Codec;
import dev.gapless.internal.wire.WrongClass;
import java.time.Instant;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Turns what a {@link MessageReader} comes to into events of the application. One thread at a time. */
public final class EventReader<T> extends MessageReader {
    /** Of messages that are of a wrong class the shard is told this often. */
    private static final long TELL_EVERY_NS = 1_000_000_000;

    private final Topic<T> topic;
    private final long id;
    private final Feedback.Sink feedback;
    private final Decoder decoder;
    private final Clock clock;
    private long wrongClassReportedNs;

    public EventReader(
            Topic<T> topic,
            long id,
            SubscriptionState state,
            Feedback.Sink feedback,
            Filter filter,
            Decoder decoder,
            String clusterId,
            Clock clock) {
        super(topic.name(), id, null, Claims.NONE, state, feedback, filter, clusterId, clock);
        this.topic = topic;
        this.id = id;
        this.feedback = feedback;
        this.decoder = decoder;
        this.clock = clock;
    }

    /**
     * The next event, or null if there is none now, or a reload is under way or waits ({@link #waitNs}), or much was left out: then
     * {@link #hasMore}. Asking for it says that the one before is done with.
     */
    @Nullable Event<T> nextEvent() {
        beginTurn();
        for (Pulled pulled = next(); pulled != null; pulled = next()) {
            Event<T> event = event(pulled);
            if (event != null) {
                return event;
            }
        }
        return null;
    }

    private @Nullable Event<T> event(Pulled pulled) {
        if (pulled instanceof Pulled.Missed missed) {
            Instant time = Instant.ofEpochMilli(missed.timeMs());
            return new CursorExpired<>(topic.name(), time, missed.gaps(), token());
        } else if (pulled instanceof Pulled.Left left) {
            return new ProducerLeft<>(topic.name(), left.node(), left.position(), token());
        }
        return message();
    }

    /** The message that the reader is at as an event, or null if it is of another class than the topic's. */
    private @Nullable Event<T> message() {
        int i = index();
        int inRun = inRun();
        Slice slice = slice();
        String node = node();
        Epoch epoch = epoch();
        long sequence = sequence();
        long timeMs = slice.publishedMs(i);
        String key = slice.key(i);
        IntFunction<CursorToken> tokens = tokens();
        SubscriptionStats stats = stats();
        try {
            T decoded = slice.isTombstone(i) ? null : decoder.decode(topic, epoch, sequence, slice, i);
            if (stats != null) {
                stats.delivered();
            }
            return new Delivery<>(
                    topic.name(),
                    node,
                    epoch,
                    sequence,
                    timeMs,
                    key,
                    slice.headers(i),
                    decoded,
                    tokens,
                    inRun,
                    slice.id(i),
                    slice.trace(i));
        } catch (WrongClass e) {
            wrongClass(node, sequence, e);
            return null;
        } catch (Throwable e) {
            Fence.rethrowFatal(e);
            if (stats != null) {
                stats.undecodable();
            }
            Position position = new Position(epoch, sequence);
            Payload payload = Codec.payloadOf(slice, i);
            Instant time = Instant.ofEpochMilli(timeMs);
            return new Undecodable<>(topic.name(), node, position, time, key, payload, e, () -> tokens.apply(inRun));
        }
    }

    private void wrongClass(String node, long sequence, WrongClass why) {
        SubscriptionStats stats = stats();
        long all = stats == null ? 1 : stats.wrongClass();
        long nowNs = clock.ns();
        if (all == 1 || nowNs - wrongClassReportedNs >= TELL_EVERY_NS) {
            wrongClassReportedNs = nowNs;
            feedback.tell(new Feedback.WrongClasses(id, node, sequence, String.valueOf(why.getMessage()), all));
        }
    }
}
