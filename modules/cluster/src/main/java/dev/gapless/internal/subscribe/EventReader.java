package dev.gapless.internal.subscribe;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Event;
import dev.gapless.Lag;
import dev.gapless.Payload;
import dev.gapless.ProducerLeft;
import dev.gapless.Topic;
import dev.gapless.Undecodable;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Position;
import dev.gapless.core.feed.Stream;
import dev.gapless.core.log.Slice;
import dev.gapless.core.subscription.SubscriptionState;
import dev.gapless.internal.fence.Fence;
import dev.gapless.internal.measure.SubscriptionStats;
import dev.gapless.internal.time.Clock;
import dev.gapless.internal.wire.Codec;
import dev.gapless.internal.wire.WrongClass;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns what a {@link MessageReader} comes to into events of the application. Asking for the next event says that the one before is done
 * with. One thread at a time.
 */
public final class EventReader<T> {
    /** Of messages that are of a wrong class the shard is told this often. */
    private static final long TELL_EVERY_NS = 1_000_000_000;

    private final Topic<T> topic;
    private final long id;
    private final MessageReader reader;
    private final Feedback.Sink feedback;
    private final Decoder decoder;
    private final Clock clock;
    private long wrongClassToldNs;

    public EventReader(
            Topic<T> topic,
            long id,
            SubscriptionState state,
            Feedback.Sink feedback,
            Filter filter,
            Decoder decoder,
            String clusterId,
            Clock clock) {
        this.topic = topic;
        this.id = id;
        this.reader = new MessageReader(topic.name(), id, null, state, feedback, filter, clusterId, clock);
        this.feedback = feedback;
        this.decoder = decoder;
        this.clock = clock;
    }

    /** From now on what it gives is counted there. */
    void countIn(SubscriptionStats of) {
        reader.countIn(of);
    }

    SubscriptionState state() {
        return reader.state();
    }

    /** What it is at. Any thread. */
    SubscriptionStats.State reading() {
        return reader.reading();
    }

    /**
     * The next event, or null if there is none now, or a reload is under way or waits ({@link #waitNs}), or much was left out: then
     * {@link #hasMore}.
     */
    @Nullable Event<T> next() {
        reader.beginTurn();
        for (Pulled pulled = reader.next(); pulled != null; pulled = reader.next()) {
            Event<T> event = event(pulled);
            if (event != null) {
                return event;
            }
        }
        return null;
    }

    /** After how many nanoseconds to ask for the next event again, if a reload waits for its time. */
    OptionalLong waitNs() {
        return reader.waitNs();
    }

    /** Is there something to look at? */
    boolean hasMore() {
        return reader.hasMore();
    }

    /** The event that was given last is done with: a token taken from now on resumes behind it. */
    void handled() {
        reader.handled();
    }

    /** How far it is behind. Any thread. */
    Lag lag() {
        return reader.lag();
    }

    /** Resumes in front of the event that was given last. Any thread. */
    Supplier<CursorToken> inFront() {
        return reader.inFront();
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
        int i = reader.index();
        int inRun = reader.inRun();
        Slice slice = reader.slice();
        Stream stream = reader.stream();
        long sequence = reader.sequence();
        long timeMs = slice.publishedMs(i);
        String key = slice.key(i);
        IntFunction<CursorToken> tokens = reader.tokens();
        SubscriptionStats stats = reader.stats();
        try {
            T decoded = slice.isTombstone(i) ? null : decoder.decode(topic, stream.epoch(), sequence, slice, i);
            if (stats != null) {
                stats.delivered();
            }
            return new Delivery<>(
                    topic.name(),
                    stream.node(),
                    stream.epoch(),
                    sequence,
                    timeMs,
                    key,
                    slice.headers(i),
                    decoded,
                    tokens,
                    inRun);
        } catch (WrongClass e) {
            wrongClass(stream.node(), sequence, e);
            return null;
        } catch (Throwable e) {
            Fence.rethrowFatal(e);
            if (stats != null) {
                stats.undecodable();
            }
            Position position = new Position(stream.epoch(), sequence);
            Payload payload = Codec.payloadOf(slice, i);
            Instant time = Instant.ofEpochMilli(timeMs);
            return new Undecodable<>(
                    topic.name(), stream.node(), position, time, key, payload, e, () -> tokens.apply(inRun));
        }
    }

    private void wrongClass(String node, long sequence, WrongClass why) {
        SubscriptionStats stats = reader.stats();
        long all = stats == null ? 1 : stats.wrongClass();
        long nowNs = clock.ns();
        if (all == 1 || nowNs - wrongClassToldNs >= TELL_EVERY_NS) {
            wrongClassToldNs = nowNs;
            feedback.tell(new Feedback.WrongClasses(id, node, sequence, String.valueOf(why.getMessage()), all));
        }
    }

    /** Behind the last event that is done with. Any thread. */
    CursorToken token() {
        return reader.token();
    }
}
